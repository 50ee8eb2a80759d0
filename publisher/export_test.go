package publisher

// Bound lowers the bound on one reading.
func (r *Reader) Bound(nodes int) { r.bound = nodes }
