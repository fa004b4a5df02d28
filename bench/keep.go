package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// kept is what a run leaves beside a database, so that another can go on with it.
type kept struct {
	Workspace, Inbox, API, Chat, Database string
	Indexing                              time.Duration
}

const keptFile = "kept.json"

// leave says beside the database of p that it is whole.
func (p *program) leave(indexing time.Duration) error {
	b, err := json.Marshal(kept{Workspace: p.ws, Inbox: p.inbox, API: p.api, Chat: p.chat, Database: p.database, Indexing: indexing})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(p.data, keptFile), b, 0o600)
}

// again is the program on a database that an earlier run has left; nil when there is none.
func again(ctx context.Context, o options, name string) (*program, kept, error) {
	var k kept
	b, err := os.ReadFile(filepath.Join(o.dir, name, keptFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, k, nil
	}
	if err != nil {
		return nil, k, err
	}
	if err := json.Unmarshal(b, &k); err != nil {
		return nil, k, err
	}
	p, err := idle(o, name)
	if err != nil {
		return nil, k, err
	}
	p.ws, p.inbox, p.api, p.chat, p.database = k.Workspace, k.Inbox, k.API, k.Chat, k.Database
	if err := p.run(ctx); err != nil {
		return nil, k, err
	}
	return p, k, p.call(ctx, "POST", "/api/v1/session", map[string]string{"email": ownerEmail, "password": ownerPassword}, nil)
}
