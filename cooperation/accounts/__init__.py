"""Who may come in: attempts are counted, the second factor is asked for, sessions end."""
