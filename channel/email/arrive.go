package email

import (
	"bytes"
	"context"
	"errors"
	"io"

	"parley/channel"
	"parley/internal/mail"
)

// arrive reads a mail as it comes. What is more than its head is not held in memory
// but kept. head is its beginning, or all of it; none is an empty mail.
func arrive(ctx context.Context, keep channel.Keeper, r io.Reader, limit int64) (raw channel.Raw, head []byte, err error) {
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r, mail.HeadSize); err != nil && !errors.Is(err, io.EOF) {
		return raw, nil, err
	}
	raw, head = channel.Raw{ContentType: "message/rfc822"}, b.Bytes()
	if len(head) < mail.HeadSize {
		raw.Dedupe, raw.Body = mail.Dedupe(head), head
		return raw, head, nil
	}
	key := mail.NewKey(head)
	raw.Kept, err = keep.Keep(ctx, io.MultiReader(bytes.NewReader(head), io.TeeReader(r, key)), limit)
	raw.Dedupe = key.Dedupe()
	return raw, head, err
}
