"""What a run says: terminal, figures and the one-file page, drawn from saved results only."""
