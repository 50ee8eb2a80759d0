package app

import (
	"context"
	"fmt"
	"os"

	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/publisher"
	"github.com/belfort-lod/belfort/sparql"
	"github.com/belfort-lod/belfort/sparql/remote"
)

// elsewhere puts an endpoint in the place of the embedded store: it answers the
// queries, and gets the graphs of the pages and those that people write.
func (h *house) elsewhere(c *config.Engine, writer *publisher.OwnGraphs) error {
	o := remote.Options{
		Endpoint: c.Endpoint, Update: c.Update, GraphStore: c.GraphStore, User: c.User,
		// The operator named it, and such an endpoint mostly is no one else's to see.
		Client: newClient(true),
	}
	for _, secret := range []struct {
		env string
		to  *string
	}{{c.PasswordEnv, &o.Password}, {c.TokenEnv, &o.Token}} {
		if secret.env == "" {
			continue
		}
		if *secret.to = os.Getenv(secret.env); *secret.to == "" {
			return &exit{exitUsage, fmt.Errorf("sparql.engine: environment variable %s is empty; it must hold the password or token", secret.env)}
		}
	}
	engine, err := remote.New(o)
	if err != nil {
		return &exit{exitUsage, err}
	}
	// What visitors write has to go through the ledger.
	h.engine = sparql.NewWritable(engine, sparql.WritableOptions{Writer: writer, Own: writer.Graph, Load: h.load})
	h.reader.Engine = h.engine
	h.publisher.Graphs = engine
	h.publisher.Cursors = cursorsOf{h.publisher.Cursors, c.Endpoint}
	return nil
}

// cursorsOf keeps how far an endpoint has followed apart from how far the embedded
// store has: each gets every page, also after a change of mind.
type cursorsOf struct {
	publisher.Cursors
	endpoint string
}

func (c cursorsOf) name(follower string) string {
	if follower == publisher.FollowerGraphs || follower == publisher.FollowerDoubles {
		return follower + " " + c.endpoint
	}
	return follower
}

// Cursor is Cursors.Cursor.
func (c cursorsOf) Cursor(ctx context.Context, follower string) (uint64, error) {
	return c.Cursors.Cursor(ctx, c.name(follower))
}

// SetCursor is Cursors.SetCursor.
func (c cursorsOf) SetCursor(ctx context.Context, follower string, sequence uint64) error {
	return c.Cursors.SetCursor(ctx, c.name(follower), sequence)
}
