"""What people see: the offline HTML report, its figure as SVG, the model card and the dataset card."""

from dartmath.report.cards import dataset_card, model_card, render_cards, write_cards
from dartmath.report.page import write_report
from dartmath.report.picture import figure_svg

__all__ = ["dataset_card", "figure_svg", "model_card", "render_cards", "write_cards", "write_report"]
