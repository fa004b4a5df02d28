package api_test

import (
	"crypto/rand"
	"strings"
)

// registered is what Parley is known by at a provider.
var registered = object{"client_id": "parley", "client_secret": "a secret of the provider's"}

// granted connects a mail address that a provider is to let Parley into.
func (h *home) granted() string {
	h.Owner.Do("PUT", h.Path("/mail-providers/google"), registered).Want(200)
	id, _ := h.Connect(h.front.ID, "email", "Mail", object{
		"address": strings.ToLower(rand.Text()[:12]) + "@example.com", "sign_in": "google", "imap_host": "imap.gmail.com", "smtp_host": "smtp.gmail.com",
	})
	return id
}
