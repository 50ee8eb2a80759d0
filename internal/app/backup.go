package app

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/belfort-lod/belfort/internal/config"
	"github.com/belfort-lod/belfort/internal/state/pebble"
	"github.com/belfort-lod/belfort/publisher"
)

type backupCommand struct {
	To   string `arg:"" help:"Directory for the backup; it must not be there yet."`
	Data string `default:"data" help:"Data directory."`
}

// Help is shown under the usage.
func (backupCommand) Help() string {
	return `Example: belfort backup /mnt/backup/belfort-2026-11-21

Writes a consistent copy of the data directory: ledger, pages and reports, state of the harvest, and
the store. A server may go on serving and harvesting meanwhile: it then makes the copy itself. On the
same disk most of the copy is links and costs no space; copy it elsewhere to be safe from a broken
disk. The search index is left out: a restored directory makes it anew. Where the state is in PostgreSQL
the copy holds the store only: make a backup of the database with pg_dump.`
}

// Run makes the backup, or has the running server make it.
func (c *backupCommand) Run(e *env) (err error) {
	if err := exists(c.Data); err != nil {
		return err
	}
	to, err := filepath.Abs(c.To)
	if err != nil {
		return err
	}
	if err := absent(to); err != nil {
		return err
	}
	if address := servedAt(c.Data); address != "" {
		if err := askForBackup(e.ctx, c.Data, address, to); err != nil {
			return err
		}
	} else {
		cfg := config.Default()
		cfg.Data = c.Data
		h, err := open(e.ctx, cfg)
		if err != nil {
			return err
		}
		if err := errors.Join(h.backup(e.ctx, to), h.close()); err != nil {
			return err
		}
	}
	m, err := readManifest(to)
	if err != nil {
		return err
	}
	if m.Elsewhere {
		_, err = fmt.Fprintf(e.stdout, "%s: %d quads\nLedger, pages and state of the harvest are in PostgreSQL and NOT in this backup: make one of the database with pg_dump.\n", to, m.Quads)
		return err
	}
	_, err = fmt.Fprintf(e.stdout, "%s: %d ledger entries, %d quads\n", to, m.Entries, m.Quads)
	return err
}

// absent says kindly that something stands where a directory is to be made.
func absent(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return &exit{exitUsage, fmt.Errorf("%s is there already: name a directory that is not", dir)}
	} else if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// manifestFile is written last: a backup without it is not whole.
const manifestFile = "BACKUP.json"

// manifest says what a backup holds.
type manifest struct {
	Belfort string    `json:"belfort"` // version that made it
	Time    time.Time `json:"time"`
	Entries uint64    `json:"entries"` // of the ledger
	Hash    string    `json:"hash"`    // of the last of them
	Quads   int64     `json:"quads"`
	// Elsewhere says that ledger, pages and state are in PostgreSQL, and not here.
	Elsewhere bool `json:"elsewhere,omitempty"`
}

func readManifest(dir string) (m manifest, err error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if errors.Is(err, os.ErrNotExist) {
		return m, &exit{exitUsage, fmt.Errorf("%s is no whole backup: it has no %s", dir, manifestFile)}
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("read %s: %w", filepath.Join(dir, manifestFile), err)
	}
	return m, nil
}

// backup writes a consistent copy to dir, which must not be there. The state
// comes first: every blob that its ledger names is written before the entry, and
// what the store has beyond it the followers put there once more.
func (h *house) backup(ctx context.Context, dir string) (err error) {
	if err := os.Mkdir(dir, 0o750); err != nil {
		return fmt.Errorf("make backup: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	m := manifest{Belfort: version(), Time: time.Now().UTC()}
	if err := h.state.backup(ctx, h.config.Data, dir); err != nil {
		return err
	}
	if h.quads != nil {
		if err := h.quads.Backup(ctx, filepath.Join(dir, "quads")); err != nil {
			return err
		}
		m.Quads = h.quads.Len()
	}
	if m.Elsewhere = h.state.shared != nil; !m.Elsewhere {
		if m.Entries, m.Hash, err = headOf(ctx, filepath.Join(dir, "state")); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, manifestFile), append(text, '\n'), 0o640)
}

// headOf returns the last entry of the ledger of a state directory.
func headOf(ctx context.Context, dir string) (entries uint64, hash string, err error) {
	state, err := pebble.Open(dir, nil)
	if err != nil {
		return 0, "", err
	}
	defer func() { err = errors.Join(err, state.Close()) }()
	if entries, err = state.Ledger().Head(ctx); err != nil || entries == 0 {
		return 0, "", err
	}
	last, _, _, err := state.Ledger().Entry(ctx, entries)
	return entries, last.Hash, err
}

type restoreCommand struct {
	From string `arg:"" type:"existingdir" help:"Directory that belfort backup wrote."`
	Data string `default:"data" help:"Data directory to make; it must not be there yet."`
}

// Help is shown under the usage.
func (restoreCommand) Help() string {
	return `Example: belfort restore /mnt/backup/belfort-2026-11-21 --data data

Copies a backup into a new data directory, then checks the chain of the ledger, what it refers to, and
the store. The search index is made anew when the directory is next used. The backup stays as it is.`
}

// Run restores.
func (c *restoreCommand) Run(e *env) (err error) {
	m, err := readManifest(c.From)
	if err != nil {
		return err
	}
	if err := absent(c.Data); err != nil {
		return err
	}
	// Copied beside, so that a restore that was cut off is not taken for data.
	draft := strings.TrimSuffix(filepath.Clean(c.Data), string(filepath.Separator)) + ".restoring"
	if err := os.RemoveAll(draft); err != nil {
		return err
	}
	if err := os.CopyFS(draft, os.DirFS(c.From)); err != nil {
		return errors.Join(fmt.Errorf("copy backup: %w", err), os.RemoveAll(draft))
	}
	check := checkRestored
	if m.Elsewhere {
		check = checkStore
	}
	if err := errors.Join(os.Remove(filepath.Join(draft, manifestFile)), check(e.ctx, draft, m)); err != nil {
		return errors.Join(fmt.Errorf("%s cannot be restored: %w", c.From, err), os.RemoveAll(draft))
	}
	if err := os.Rename(draft, c.Data); err != nil {
		return err
	}
	if m.Elsewhere {
		_, err = fmt.Fprintf(e.stdout, "%s: %d quads; the rest is in PostgreSQL, and the store catches up from there\n", c.Data, m.Quads)
		return err
	}
	_, err = fmt.Fprintf(e.stdout, "%s: %d ledger entries, sound; %d quads\n", c.Data, m.Entries, m.Quads)
	return err
}

// checkStore checks a store whose ledger is in PostgreSQL.
func checkStore(ctx context.Context, dir string, _ manifest) error {
	if _, err := os.Stat(filepath.Join(dir, "quads")); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	store, closeAll, err := openStore(dir)
	if err != nil {
		return err
	}
	return errors.Join(store.Check(ctx), closeAll())
}

// checkRestored opens what was copied and checks all of it.
func checkRestored(ctx context.Context, dir string, m manifest) (err error) {
	cfg := config.Default()
	cfg.Data = dir
	h, err := open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := publisher.Verify(ctx, h.publisher.Ledger, h.publisher.Blobs); err != nil {
		return err
	}
	head, err := h.publisher.Ledger.Head(ctx)
	if err != nil {
		return err
	}
	last, _, _, err := h.publisher.Ledger.Entry(ctx, head)
	if err != nil {
		return err
	}
	if head != m.Entries || last.Hash != m.Hash {
		return fmt.Errorf("the ledger ends with entry %d, the backup was made at entry %d", head, m.Entries)
	}
	if h.quads == nil {
		return nil
	}
	return h.quads.Check(ctx)
}

// The running server makes the backup when it is asked by somebody who can read
// its data directory: the file that tells its address holds a secret too.
const backupPath = "/beheer/backup"

// operable adds to a handler what the operator may ask of a running server.
func (h *house) operable(next http.Handler, secret string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != backupPath {
			next.ServeHTTP(w, r)
			return
		}
		given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if r.Method != http.MethodPost || !ok || subtle.ConstantTimeCompare([]byte(given), []byte(secret)) != 1 {
			next.ServeHTTP(w, r) // as if there were no such address
			return
		}
		to := r.FormValue("to")
		if !filepath.IsAbs(to) {
			http.Error(w, "the directory must be absolute", http.StatusBadRequest)
			return
		}
		if err := h.backup(r.Context(), to); err != nil {
			http.Error(w, explain(err), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

func askForBackup(ctx context.Context, data, address, to string) error {
	text, err := os.ReadFile(filepath.Join(data, serverFile))
	if err != nil {
		return err
	}
	_, secret, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	body := strings.NewReader(url.Values{"to": {to}}.Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address+backupPath, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+secret)
	res, err := own().Do(req)
	if err != nil {
		return fmt.Errorf("ask the running server: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusNoContent {
		message, _ := io.ReadAll(io.LimitReader(res.Body, 10<<10))
		return fmt.Errorf("the running server made no backup: %s", strings.TrimSpace(string(message)))
	}
	return nil
}
