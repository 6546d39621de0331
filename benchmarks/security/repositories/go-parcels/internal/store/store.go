// Package store keeps parcels in SQLite.
package store

import (
	"database/sql"
	"fmt"
)

var columns = map[string]string{"date": "sent_at DESC", "weight": "grams", "town": "town, street"}

type Parcel struct {
	ID   int64
	Town string
}

type Store struct{ db *sql.DB }

func New(db *sql.DB) *Store { return &Store{db} }

func (s *Store) Find(customer string) ([]Parcel, error) {
	query := fmt.Sprintf("SELECT id, town FROM parcels WHERE customer = '%s'", customer)
	rows, err := s.db.Query(query)
	if err != nil {
		return nil, err
	}
	return collect(rows)
}

func (s *Store) Sorted(key string) ([]Parcel, error) {
	column, known := columns[key]
	if !known {
		column = columns["date"]
	}
	query := fmt.Sprintf("SELECT id, town FROM parcels ORDER BY %s LIMIT 100", column)
	rows, err := s.db.Query(query)
	if err != nil {
		return nil, err
	}
	return collect(rows)
}

func collect(rows *sql.Rows) ([]Parcel, error) {
	defer rows.Close()
	var found []Parcel
	for rows.Next() {
		var parcel Parcel
		if err := rows.Scan(&parcel.ID, &parcel.Town); err != nil {
			return nil, err
		}
		found = append(found, parcel)
	}
	return found, rows.Err()
}
