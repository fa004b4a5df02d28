package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// events writes server-sent events; an event without a name is a message.
type events func(event, id string, data []byte) error

// eventStream makes an answer a stream of events.
func eventStream(w http.ResponseWriter, now func() time.Time) events {
	streamHeaders(w.Header())
	rc := http.NewResponseController(w)
	// The server's deadline for reading a request would end the stream.
	_ = rc.SetReadDeadline(time.Time{})
	return func(event, id string, data []byte) error {
		if err := rc.SetWriteDeadline(now().Add(writeWithin)); err != nil {
			return err
		}
		if err := writeEvent(w, event, id, data); err != nil {
			return err
		}
		return rc.Flush()
	}
}

func streamHeaders(h http.Header) {
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
}

func writeEvent(w io.Writer, event, id string, data []byte) error {
	var b bytes.Buffer
	if event != "" {
		fmt.Fprintf(&b, "event: %s\n", event)
	}
	if id != "" {
		fmt.Fprintf(&b, "id: %s\n", id)
	}
	fmt.Fprintf(&b, "data: %s\n\n", data)
	_, err := w.Write(b.Bytes())
	return err
}

// detach takes a stream out of the server's hands: what a request needs, its
// buffers and its deep stack, is 30 KiB that an open chat would keep for hours.
// The context ends when the client goes; close ends the stream. Where the
// connection carries other requests too (HTTP/2) it is errors.ErrUnsupported,
// and the answer is as it was.
func detach(w http.ResponseWriter, r *http.Request, now func() time.Time) (ctx context.Context, send events, end func(), err error) {
	if r.ProtoMajor != 1 {
		return nil, nil, nil, errors.ErrUnsupported
	}
	header := w.Header().Clone()
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, nil, nil, err
	}
	streamHeaders(header)
	header.Set("Connection", "close") // it ends when the connection does
	header.Set("Date", now().UTC().Format(http.TimeFormat))
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 200 OK\r\n")
	_ = header.Write(&b) // to memory
	b.WriteString("\r\n")
	send = func(event, id string, data []byte) error {
		if err := conn.SetWriteDeadline(now().Add(writeWithin)); err != nil {
			return err
		}
		return writeEvent(conn, event, id, data)
	}
	err = errors.Join(conn.SetDeadline(time.Time{}), conn.SetWriteDeadline(now().Add(writeWithin)))
	if err == nil {
		_, err = conn.Write(b.Bytes())
	}
	if err != nil {
		_ = conn.Close() // nobody is there any more
		return nil, nil, nil, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		untilGone(conn)
		cancel()
	}()
	return ctx, send, func() { _ = conn.Close(); <-gone }, nil
}

// untilGone waits until a client that has nothing to say is gone.
func untilGone(conn net.Conn) {
	var b [1]byte
	for {
		if _, err := conn.Read(b[:]); err != nil {
			return
		}
	}
}
