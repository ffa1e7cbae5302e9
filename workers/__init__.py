"""What happens after the commit: notices are delivered, retried, and due rows fire."""
