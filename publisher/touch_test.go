package publisher_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/belfort-lod/belfort/internal/besluit"
	"github.com/belfort-lod/belfort/publisher"
)

// TestTouch: a page that was touched is indexed anew, once, and after a failure
// again; others are left alone.
func TestTouch(t *testing.T) {
	h := newHouse(t)
	h.accept(t, page(t, "a", `<b1> a besluit:Besluit ; eli:title "Eerste" .`))
	h.accept(t, page(t, "b", `<b2> a besluit:Besluit ; eli:title "Tweede" .`))
	h.follow(t)
	put := &counting{Index: h.Index}
	h.Index = put
	h.Touch(site + "a")
	h.Touch(site + "a")
	h.Touch(site + "niet-gekend")
	put.err = errors.New("disk full")
	if err := h.FollowIndex(ctx); !errors.Is(err, put.err) {
		t.Fatal(err)
	}
	put.err, put.besluiten = nil, nil
	for range 2 {
		h.follow(t)
	}
	if len(put.besluiten) != 1 || put.besluiten[0] != site+"b1" {
		t.Errorf("indexed anew %v, want the decision of the page that was touched, once", put.besluiten)
	}
}

// counting is an index that remembers the decisions that were put in it.
type counting struct {
	publisher.Index
	err       error
	besluiten []string
}

func (c *counting) Put(ctx context.Context, in *besluit.Inhoud) error {
	for _, b := range in.Besluiten {
		c.besluiten = append(c.besluiten, b.IRI)
	}
	slices.Sort(c.besluiten)
	return errors.Join(c.err, c.Index.Put(ctx, in))
}
