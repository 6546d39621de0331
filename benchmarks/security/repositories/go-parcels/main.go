package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"

	_ "github.com/mattn/go-sqlite3"

	"example.org/parcels/internal/labels"
	"example.org/parcels/internal/store"
	"example.org/parcels/internal/web"
)

func main() {
	db, err := sql.Open("sqlite3", "parcels.db")
	if err != nil {
		log.Fatal(err)
	}
	printer := labels.New(os.Getenv("PARCELS_DATA"))
	site := web.New(store.New(db), printer, os.Getenv("PARCELS_HOOK_KEY"))
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", site.Routes()))
}
