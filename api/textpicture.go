package api

import (
	"parley/desk"
	"parley/internal/richtext"
)

// textPictures says how the files of a message of ours are shown within its text, to
// who may read it: below base, the address of the workspace.
func textPictures(base string, files []desk.Attachment) map[string]richtext.Picture {
	all := names(files)
	for _, f := range files {
		if f.Placed() {
			all[f.ID.String()] = richtext.Picture{Src: attachment(base, f).URL, Name: f.Name, Width: f.Width, Height: f.Height}
		}
	}
	return all
}

// names has the words of pictures that are not shown in their place.
func names(files []desk.Attachment) map[string]richtext.Picture {
	all := map[string]richtext.Picture{}
	for _, f := range files {
		all[f.ID.String()] = richtext.Picture{Name: f.Name}
	}
	return all
}
