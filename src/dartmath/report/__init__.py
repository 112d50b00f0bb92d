"""What people see: the offline HTML report, its figure as SVG, the model card and the dataset card."""

from dartmath.report.page import write_report

__all__ = ["write_report"]
