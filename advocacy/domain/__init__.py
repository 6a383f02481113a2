"""What is true: plain values and pure functions. No clock, disk, network or framework; `now` is handed in."""
