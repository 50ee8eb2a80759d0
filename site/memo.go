package site

import (
	"sync"
	"time"
)

// memo keeps a value that is dear to compute for a while. Whoever asks for it
// while it is being computed waits for that one answer. The zero memo is ready
// for use.
type memo[T any] struct {
	mu    sync.Mutex
	value T
	until time.Time
}

// get returns the value, computed by load if there is none that is still good;
// it then stays good for the given time. An error is not kept.
func (m *memo[T]) get(now time.Time, good time.Duration, load func() (T, error)) (T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now.Before(m.until) {
		return m.value, nil
	}
	value, err := load()
	if err == nil {
		m.value, m.until = value, now.Add(good)
	}
	return value, err
}
