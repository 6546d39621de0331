// Package web is the HTTP interface.
package web

import (
	"crypto/hmac"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"strconv"

	"example.org/parcels/internal/labels"
	"example.org/parcels/internal/store"
)

var desks = map[string]string{"counter": "/counter", "driver": "/driver"}

type Site struct {
	parcels *store.Store
	labels  *labels.Labels
	key     []byte
}

func New(parcels *store.Store, labels *labels.Labels, key string) *Site {
	return &Site{parcels, labels, []byte(key)}
}

func (s *Site) Routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /parcels", s.list)
	mux.HandleFunc("GET /papers", s.papers)
	mux.HandleFunc("POST /labels/{id}", s.label)
	mux.HandleFunc("GET /hello", s.hello)
	mux.HandleFunc("GET /delivered", s.delivered)
	mux.HandleFunc("POST /hooks/scanned", s.scanned)
	mux.HandleFunc("POST /hooks/returned", s.returned)
	return mux
}

func (s *Site) list(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	mine, err := s.parcels.Find(query.Get("customer"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	all, _ := s.parcels.Sorted(query.Get("sort"))
	json.NewEncoder(w).Encode(map[string]any{"mine": mine, "all": all, "retry": retrySeconds(1)})
}

func (s *Site) papers(w http.ResponseWriter, r *http.Request) {
	if scan, err := s.labels.Scan(r.FormValue("scan")); err == nil {
		w.Header().Set("ETag", pageTag(scan))
		w.Write(scan)
		return
	}
	receipt, _ := s.labels.Receipt(r.FormValue("receipt"))
	w.Write(receipt)
}

func (s *Site) label(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	s.labels.Barcode(id, r.FormValue("caption"))
	s.labels.Print(id, r.FormValue("copies"))
	s.labels.Draft(r.FormValue("note"))
	s.labels.Proof(r.FormValue("note"))
	price, _ := rate(r.FormValue("town"))
	state, _ := track(r.FormValue("carrier"))
	json.NewEncoder(w).Encode([]string{pickupCode(), pinDigest(r.FormValue("pin")), string(price), string(state)})
}

func (s *Site) hello(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprintf(w, "<h1>Parcels for %s</h1>", r.FormValue("customer"))
}

func (s *Site) delivered(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprintf(w, "<h1>Delivered to %s</h1>", html.EscapeString(r.FormValue("town")))
}

func (s *Site) scanned(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if r.Header.Get("X-Signature") != sign(s.key, body) {
		http.Error(w, "bad signature", http.StatusForbidden)
		return
	}
	http.Redirect(w, r, r.URL.Query().Get("then"), http.StatusSeeOther)
}

func (s *Site) returned(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if !hmac.Equal([]byte(r.Header.Get("X-Signature")), []byte(sign(s.key, body))) {
		http.Error(w, "bad signature", http.StatusForbidden)
		return
	}
	desk, known := desks[r.URL.Query().Get("desk")]
	if !known {
		desk = "/counter"
	}
	http.Redirect(w, r, desk, http.StatusSeeOther)
}
