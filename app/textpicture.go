package app

import (
	"parley/desk"
	"parley/internal/richtext"
)

// maxMailPicture is how wide a picture within a mail is shown, in pixels: programs that
// know no style would show it as wide as it is.
const maxMailPicture = 600

// PicturesIn implements desk.World.
func (w *world) PicturesIn(markdown string) (ids []desk.AttachmentID, err error) {
	for _, s := range richtext.PicturesIn(markdown) {
		var id desk.AttachmentID
		if id.Parse(s) == nil {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// placedPictures says how the files of a message are shown within its text: those that
// stand there by the name that cid gives them, of the others their names.
func placedPictures(files []desk.Attachment, cid func(desk.Attachment) string) map[string]richtext.Picture {
	all := map[string]richtext.Picture{}
	for _, f := range files {
		p := richtext.Picture{Name: f.Name, Width: min(f.Width, maxMailPicture)}
		if id := cid(f); id != "" {
			p.Src = "cid:" + id
		}
		all[f.ID.String()] = p
	}
	return all
}

// placed shows the pictures within a message on its way out that it has room for; of the
// others there are words, and links.
func (a *App) placed(out *Outgoing, files []desk.Attachment) map[string]richtext.Picture {
	l, limited := a.limits(out)
	fits := fitting(files, l.Attach)
	return placedPictures(files, func(f desk.Attachment) string {
		if !f.Placed() || limited && !fits[f.ID] {
			return ""
		}
		return f.ContentID
	})
}
