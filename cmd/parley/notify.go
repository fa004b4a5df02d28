package main

import (
	"context"
	"log/slog"
	"net"
	"os"
	"strconv"
	"time"
)

// tell says to systemd how the service is (sd_notify); without systemd it does
// nothing.
func tell(ctx context.Context, log *slog.Logger, state string) {
	name := os.Getenv("NOTIFY_SOCKET")
	if name == "" {
		return
	}
	if name[0] == '@' {
		name = "\x00" + name[1:]
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "unixgram", name)
	if err == nil {
		_, err = conn.Write([]byte(state))
		_ = conn.Close() // it was sent, or not
	}
	if err != nil {
		log.Warn("systemd cannot be told", "state", state, "err", err)
	}
}

// keepTelling says that the service lives as long as alive returns nil, as often
// as systemd asks (WatchdogSec); what hangs is restarted by it.
func keepTelling(ctx context.Context, log *slog.Logger, alive func(context.Context) error) error {
	every, err := strconv.Atoi(os.Getenv("WATCHDOG_USEC"))
	if err != nil || every <= 0 {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(time.Duration(every) * time.Microsecond / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := alive(ctx); err != nil {
			log.Error("the database does not answer", "err", err)
			continue
		}
		tell(ctx, log, "WATCHDOG=1")
	}
}
