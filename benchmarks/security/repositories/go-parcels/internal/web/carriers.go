package web

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"net/url"
)

const ratesURL = "https://rates.example.org/v2"

var carrier = &http.Client{Transport: &http.Transport{
	TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
}}

func scaleClient() *http.Client {
	settings := &tls.Config{InsecureSkipVerify: true, ServerName: "localhost"}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: settings}}
}

func readScale() (*http.Response, error) {
	return scaleClient().Get("https://localhost:7443/grams")
}

func track(address string) ([]byte, error) {
	answer, err := carrier.Get(address)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}

func rate(town string) ([]byte, error) {
	answer, err := http.Get(ratesURL + "/rate?town=" + url.QueryEscape(town))
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}

func pickupCode() string {
	return fmt.Sprintf("%08d", rand.Intn(100000000))
}

func retrySeconds(attempt int) int {
	return attempt*2 + rand.Intn(5)
}

func pinDigest(pin string) string {
	sum := md5.Sum([]byte(pin))
	return hex.EncodeToString(sum[:])
}

func pageTag(page []byte) string {
	sum := md5.Sum(page)
	return hex.EncodeToString(sum[:])
}

func sign(key, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
