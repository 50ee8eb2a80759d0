package publisher_test

import (
	"testing"
	"time"

	"github.com/belfort-lod/belfort/publisher"
)

// TestChainAgain: the same pages in the same order, fetched at the same times,
// make the same ledger, to the hash of its head. An archive of the fetches is
// evidence for the ledger because of it.
func TestChainAgain(t *testing.T) {
	write := func(begin time.Time) (entries []publisher.Entry) {
		h := newHouse(t)
		for i, pub := range []struct{ name, text string }{
			{"a", list}, {"b", minutes}, {"a", minutes}, {"c", list}, {"a", ""}, {"a", list}, {"b", minutes},
		} {
			p := page(t, pub.name, pub.text)
			if pub.text == "" {
				p = gone(pub.name)
			}
			p.Opgehaald = begin.Add(time.Duration(i))
			if _, err := h.Accept(ctx, p); err != nil {
				t.Fatal(err)
			}
		}
		if err := publisher.Verify(ctx, h.Ledger, h.Blobs); err != nil {
			t.Fatal(err)
		}
		for n := uint64(1); ; n++ {
			e, _, ok, err := h.Ledger.Entry(ctx, n)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				return entries
			}
			entries = append(entries, e)
		}
	}
	first, again, later := write(noon), write(noon), write(noon.Add(1))
	if len(first) != 6 || len(again) != 6 || len(later) != 6 {
		t.Fatalf("%d, %d and %d entries; want 6: the last page is unchanged", len(first), len(again), len(later))
	}
	if first[5].Hash != again[5].Hash {
		t.Errorf("head %s; want %s", again[5].Hash, first[5].Hash)
	}
	salts := map[string]bool{}
	for i := range first {
		salts[first[i].Salt], salts[later[i].Salt] = true, true
		if len(first[i].Salt) != 32 {
			t.Errorf("salt %q is not 16 bytes", first[i].Salt)
		}
	}
	if len(salts) != 12 {
		t.Errorf("%d salts of 12 entries: an entry must have one of its own", len(salts))
	}
	if first[0].Body == first[5].Body || first[0].Graph == first[5].Graph {
		t.Error("the same content must not be seen to be the same")
	}
}
