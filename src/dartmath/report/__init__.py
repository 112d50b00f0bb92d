"""What people see: the offline HTML report, its figure as SVG, the model card and the dataset card."""
