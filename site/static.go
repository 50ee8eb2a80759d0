package site

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// static serves the site's own files. Their address carries a hash of their
// content, so that they may be kept for ever.
type static struct {
	files  map[string][]byte
	hashes map[string]string
}

func loadStatic(files embed.FS) (*static, error) {
	s := &static{files: map[string][]byte{}, hashes: map[string]string{}}
	err := fs.WalkDir(files, "static", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		h := sha256.Sum256(b)
		name = strings.TrimPrefix(name, "static/")
		s.files[name], s.hashes[name] = b, hex.EncodeToString(h[:6])
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read static files: %w", err)
	}
	return s, nil
}

func (s *static) href(name string) string { return "/static/" + name + "?v=" + s.hashes[name] }

func (s *static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("naam")
	b, ok := s.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.URL.Query().Get("v") == s.hashes[name] {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		w.Header().Set("Cache-Control", "no-cache")
	}
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin") // embeds load the stylesheet
	send(w, r, http.StatusOK, mime.TypeByExtension(path.Ext(name)), b)
}
