package blob

import (
	"bytes"
	"image"
	_ "image/gif"  // decoders for ImageSize
	_ "image/jpeg" //
	_ "image/png"  //
	"net/http"
	"strings"
)

// Sniff returns the type of a file from its bytes, whatever its sender said.
// What a browser would run as a page is called text/plain.
func Sniff(data []byte) string {
	t := http.DetectContentType(data)
	if strings.HasPrefix(t, "text/html") || strings.HasPrefix(t, "text/xml") {
		return "text/plain; charset=utf-8"
	}
	return t
}

// InlineSafe reports whether a browser may show a file of this type in place:
// pictures that cannot carry script, and nothing else. SVG, HTML and PDF are
// always downloads.
func InlineSafe(contentType string) bool {
	switch contentType {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return true
	}
	return false
}

// ImageSize returns the size of a PNG, JPEG or GIF in pixels, or zeros. It reads
// the header only: a small file that claims to be huge costs nothing.
func ImageSize(data []byte) (width, height int) {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0
	}
	return c.Width, c.Height
}
