// Package labels makes, prints and reads the papers of a parcel.
package labels

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

type Labels struct{ scans, receipts string }

func New(data string) *Labels {
	return &Labels{filepath.Join(data, "scans"), filepath.Join(data, "receipts")}
}

func (l *Labels) Scan(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(l.scans, name))
}

func (l *Labels) Receipt(name string) ([]byte, error) {
	if !filepath.IsLocal(name) {
		return nil, os.ErrNotExist
	}
	return os.ReadFile(filepath.Join(l.receipts, name))
}

func (l *Labels) Barcode(id int64, caption string) error {
	line := fmt.Sprintf("barcode -b %d -t '%s' -o %s/%d.ps", id, caption, l.scans, id)
	return exec.Command("sh", "-c", line).Run()
}

func (l *Labels) Print(id int64, copies string) error {
	count, err := strconv.Atoi(copies)
	if err != nil {
		return err
	}
	line := fmt.Sprintf("pr %s/%d.txt | lp -n %d", l.receipts, id, count)
	return exec.Command("sh", "-c", line).Run()
}

func (l *Labels) Draft(text string) (string, error) {
	path := "/tmp/parcel-label.txt"
	return path, os.WriteFile(path, []byte(text), 0o644)
}

func (l *Labels) Proof(text string) (string, error) {
	file, err := os.CreateTemp("/tmp/parcels", "proof-*.txt")
	if err != nil {
		return "", err
	}
	defer file.Close()
	_, err = file.WriteString(text)
	return file.Name(), err
}
