package main

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"parley/api"
	"parley/app"
	"parley/channel/all"
	"parley/channel/email"
	"parley/desk"
	"parley/realtime"
)

type userCmd struct {
	Password passwordCmd `cmd:"" help:"Set somebody's password, read from standard input, and sign them out everywhere."`
}

type passwordCmd struct {
	storage `embed:""`
	Email   string `arg:"" help:"Their mail address."`
}

// Run sets a password.
func (c *passwordCmd) Run(ctx context.Context, log *slog.Logger) error {
	if info, err := os.Stdin.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		fmt.Fprint(os.Stderr, "New password: ")
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return desk.Errorf(desk.Invalid, "Give the new password on standard input (%v).", err)
	}
	a, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer a.DB.Close()
	if err := a.ResetPassword(ctx, c.Email, line); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "The password is set.")
	return nil
}

type openapiCmd struct{}

// Run prints the OpenAPI description; it needs no database.
func (*openapiCmd) Run(log *slog.Logger) error {
	a := &app.App{Now: time.Now, Log: log, Channels: all.All(all.Needs{Mail: email.New(email.Options{}), Now: time.Now})}
	_, h := api.New(api.Options{App: a, Hub: &realtime.Hub{}, Log: log, Version: "1"})
	b, err := h.OpenAPI().YAML()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(b)
	return err
}
