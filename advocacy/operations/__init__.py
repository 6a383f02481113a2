"""What the product does: one public function per action, each owning its transaction."""
