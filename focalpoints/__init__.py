"""Who answers for the strategy: agencies, people, appointments and roles; and the ground that every app stands on: clock, ledger, pages."""
