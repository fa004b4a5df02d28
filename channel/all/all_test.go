package all

import (
	"net/http"
	"os"
	"testing"
	"time"

	"parley/channel/email"
)

// Every folder that holds a channel is in the list, under its own name, once.
func TestAll(t *testing.T) {
	listed := map[string]int{}
	titles := map[string]bool{}
	for _, ch := range All(Needs{Client: &http.Client{}, Mail: email.New(email.Options{}), Now: time.Now}) {
		k := ch.Kind()
		listed[k.Name]++
		if titles[k.Title] {
			t.Errorf("two channels are called %q", k.Title)
		}
		titles[k.Title] = true
	}
	folders, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	notChannels := map[string]bool{"all": true, "channeltest": true, "skeleton": true}
	for _, f := range folders {
		if !f.IsDir() || notChannels[f.Name()] {
			continue
		}
		if listed[f.Name()] != 1 {
			t.Errorf("channel %s is %d times in the list", f.Name(), listed[f.Name()])
		}
		delete(listed, f.Name())
	}
	if len(listed) != 0 {
		t.Errorf("listed without a folder of the name: %v", listed)
	}
}
