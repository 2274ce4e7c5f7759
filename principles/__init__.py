"""What was adopted: the strategy's pillars, principles, objectives and enablers."""
