package doctor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// folder: others must read neither the key nor the conversations.
func (d *look) folder(context.Context) {
	info, err := os.Stat(d.Folder)
	if err != nil || !info.IsDir() {
		d.nowhere = true
		d.say("folder", Fail, "Say where the install is: --data.", "The data folder %s is not there (%v).", d.Folder, err)
		return
	}
	var open []string
	for _, name := range []string{"", "master.key", "parley.db", "parley.db-wal", "files", "certificates", "snapshots"} {
		info, err := os.Stat(filepath.Join(d.Folder, name))
		if err == nil && info.Mode().Perm()&0o077 != 0 && name != "" {
			open = append(open, name)
		}
		if err == nil && name == "" && info.Mode().Perm()&0o077 == 0 {
			open = nil
			break // nobody else comes as far as the files
		}
	}
	if len(open) > 0 {
		d.say("folder", Warn, "chmod 700 "+d.Folder, "Other users of this machine can read %v in %s.", open, d.Folder)
		return
	}
	d.say("folder", OK, "", "Only its owner reads %s.", d.Folder)
}

func (d *look) disk(context.Context) {
	if d.nowhere {
		return
	}
	free, total, err := space(d.Folder)
	if err != nil {
		d.say("disk", Skip, "", "How much room there is cannot be told here (%s).", err)
		return
	}
	state := OK
	switch {
	case free < 256<<20:
		state = Fail
	case free < 2<<30 || free < total/20:
		state = Warn
	}
	d.say("disk", state, "Make room, or move the data folder to a larger disk. When it is full, mail is refused until there is room: nothing is lost, but it comes late.",
		"%.1f of %.1f GB are free in %s.", float64(free)/(1<<30), float64(total)/(1<<30), d.Folder)
}

// sync measures what every acknowledged write costs.
func (d *look) sync(ctx context.Context) {
	if d.nowhere {
		return
	}
	f, err := os.CreateTemp(d.Folder, ".doctor-*")
	if err != nil {
		d.say("sync", Fail, "Check that the folder belongs to the user who runs Parley.", "Nothing can be written into %s: %s", d.Folder, err)
		return
	}
	defer os.Remove(f.Name())
	defer f.Close()
	var took []time.Duration
	for range 20 {
		start := d.Now()
		_, err := f.Write(make([]byte, 4096))
		if err = errors.Join(err, f.Sync(), ctx.Err()); err != nil {
			d.say("sync", Fail, "Look at the system's log: the disk may be failing.", "Writing to the disk fails: %s", err)
			return
		}
		took = append(took, d.Now().Sub(start))
	}
	slices.Sort(took)
	middle := took[len(took)/2]
	d.say("sync", worse(middle, 20*time.Millisecond, 200*time.Millisecond), "Every acknowledged message waits for this. Use a local SSD instead of a network or SD card disk.",
		"The disk keeps a write for good in %.1f ms.", float64(middle.Microseconds())/1000)
}

// key: the wrong one opens no channel.
func (d *look) key(ctx context.Context) {
	if d.Keys == nil {
		d.say("key", Fail, "Put the file back, from a backup for instance, or give the key with --key. Without it no channel's secrets open.", "There is no master key in %s.", d.Folder)
		return
	}
	if d.DB == nil {
		return
	}
	channels, err := d.channels(ctx)
	if err != nil {
		return // the database has said it
	}
	opened := 0
	for _, ch := range channels {
		if len(ch.Text) == 0 {
			continue
		}
		if _, err := d.Keys.Open(ch.Text, []byte(ch.Channel.String())); err != nil {
			d.say("key", Fail, "Start Parley with the master key that belongs to this database.", "The secrets of the channel %s do not open: %s.", ch.Channel, err)
			return
		}
		opened++
	}
	if !d.signing(ctx) {
		return
	}
	d.say("key", OK, "", "The master key opens the secrets of all %d channels that have some.", opened)
}
