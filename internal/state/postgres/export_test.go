package postgres

// Vanish ends a process without a word to the others, as kill -9 does.
func (d *DB) Vanish() {
	stop, _ := d.end()
	stop()
	d.pool.Close()
}
