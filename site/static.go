package site

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"path"
)

// static serves the site's own files. Their address carries a hash of their
// content, so that they may be kept for ever.
type static struct {
	files  map[string][]byte
	hashes map[string]string
}

func loadStatic(files embed.FS) (*static, error) {
	entries, err := files.ReadDir("static")
	if err != nil {
		return nil, fmt.Errorf("read static files: %w", err)
	}
	s := &static{files: map[string][]byte{}, hashes: map[string]string{}}
	for _, e := range entries {
		b, err := files.ReadFile(path.Join("static", e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read static file: %w", err)
		}
		h := sha256.Sum256(b)
		s.files[e.Name()], s.hashes[e.Name()] = b, hex.EncodeToString(h[:6])
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
