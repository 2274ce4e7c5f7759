"""Which rows does a list show? Its filters, its total and its pages."""
