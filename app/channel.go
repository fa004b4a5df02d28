package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"maps"

	"parley/channel"
	"parley/desk"
	"parley/internal/blob"
	"parley/store"
)

// Channel returns the type of channel with a name.
func (a *App) Channel(kind string) (channel.Channel, error) {
	for _, ch := range a.Channels {
		if ch.Kind().Name == kind {
			return ch, nil
		}
	}
	return nil, desk.Errorf(desk.Invalid, "There is no type of channel called %q.", kind)
}

// Lookup returns the account that the outside knows by an address. A disabled
// one is not there.
func (a *App) Lookup(ctx context.Context, kind, address string) (acc channel.Account, err error) {
	err = a.DB.Look(ctx, store.Scope{}, func(tx *store.Tx) error {
		ws, ch, err := tx.ChannelByAddress(kind, address)
		if desk.KindOf(err) == desk.NotFound {
			ws, ch, err = tx.ChannelByAlias(kind, address)
		}
		if err != nil {
			return err
		}
		if ch.Disabled {
			return desk.Errorf(desk.NotFound, "This channel is switched off.")
		}
		acc, err = a.account(ws, ch)
		return err
	})
	return acc, err
}

// account opens a channel's secrets.
func (a *App) account(ws desk.WorkspaceID, ch desk.Channel) (channel.Account, error) {
	config, err := a.fullConfig(ch)
	return channel.Account{Workspace: ws, Inbox: ch.Inbox, ID: ch.ID, Kind: ch.Kind, Name: ch.Name, Address: ch.Address, Config: config}, err
}

// fullConfig returns a channel's settings with its secrets.
func (a *App) fullConfig(ch desk.Channel) (json.RawMessage, error) {
	if len(ch.Sealed) == 0 {
		return ch.Config, nil
	}
	plain, err := a.Keys.Open(ch.Sealed, []byte(ch.ID.String()))
	if err != nil {
		return nil, fmt.Errorf("open the secrets of channel %s: %w", ch.ID, err)
	}
	config, secrets := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	if err := json.Unmarshal(ch.Config, &config); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(plain, &secrets); err != nil {
		return nil, err
	}
	maps.Copy(config, secrets)
	return json.Marshal(config)
}

// storeFile puts a file's bytes into the blob store and describes it.
func (a *App) storeFile(ctx context.Context, f channel.File) (desk.Attachment, error) {
	all, limit, head := io.Reader(bytes.NewReader(f.Data)), int64(len(f.Data)), f.Data
	if f.Open != nil {
		all, limit = f.Open(), maxFile
		head, _ = io.ReadAll(io.LimitReader(f.Open(), pictureHead)) // what cannot be read now fails below
	}
	hash, size, err := a.Blobs.Put(ctx, all, limit)
	if err != nil {
		return desk.Attachment{}, fmt.Errorf("store a file: %w", err)
	}
	width, height := blob.ImageSize(head)
	return desk.Attachment{
		ID: desk.AttachmentID(a.number()), Name: f.Name, ContentType: f.ContentType, ContentID: f.ContentID, Size: size,
		Inline: f.Inline, Width: width, Height: height, Hash: hash,
	}, nil
}

// What is read of a file that is not in memory as a whole.
const (
	maxFile     = 1 << 30  // bytes, more than any channel takes in
	pictureHead = 64 << 10 // bytes in which a picture says how large it is
)

// Upload stores a file that belongs to no message yet; only its uploader can send it.
func (a *App) Upload(ctx context.Context, f channel.File, uploader string) (desk.Attachment, error) {
	file, err := a.storeFile(ctx, f)
	if err != nil {
		return file, err
	}
	err = a.write(ctx, func(tx *store.WriteTx) error { return tx.InsertAttachment(file, uploader, a.now()) })
	return file, err
}

// laneOf makes a lane of a name: things of one sender are taken in one after the
// other. "" has none.
func laneOf(name string) int64 {
	if name == "" {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	return int64(h.Sum64() >> 1)
}
