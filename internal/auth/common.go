package auth

import (
	"sync"

	"github.com/trustelem/zxcvbn/frequency"
)

// frequent are the 30,000 passwords that were found most often in what was stolen
// elsewhere, with and without the digits and signs around them: a thousand are
// long enough to be chosen here, the others come back with a year after them.
var frequent = sync.OnceValue(func() map[string]bool {
	list := frequency.FrequencyLists["passwords"]
	all := make(map[string]bool, len(list))
	for _, p := range list {
		all[p] = true
		if stem := undecorated(p); len(stem) > 3 {
			all[stem] = true
		}
	}
	return all
})

// common holds the words that most of the much-used passwords of ten characters
// and more are made of, without digits and signs.
var common = func() map[string]bool {
	words := map[string]bool{}
	for _, w := range []string{
		"password", "passwort", "motdepasse", "contrasena", "passwordpassword", "mypassword", "thepassword", "password is", "passphrase",
		"letmein", "letmeinnow", "welcome", "welcometo", "iloveyou", "iloveyouso", "administrator", "admin", "adminadmin", "root", "rootroot",
		"changeme", "changeit", "changemenow", "default", "guest", "test", "testtest", "testing", "testpassword", "demo", "secret", "supersecret", "topsecret",
		"monkey", "dragon", "football", "baseball", "basketball", "superman", "batman", "spiderman", "pokemon", "starwars", "sunshine", "princess",
		"trustno", "whatever", "master", "shadow", "michael", "jennifer", "jessica", "charlie", "computer", "internet", "liverpool", "chelsea", "arsenal",
		"manchester", "barcelona", "hallohallo", "hello", "hellohello", "helloworld", "qwertyqwerty", "asdfasdf", "asdfghjkl", "qazwsx", "qazwsxedc", "q2w3e4r5t",
		"q2w3e4r", "zaq", "abcabc", "abcd", "aaabbb", "correcthorsebatterystaple", "winter", "spring", "summer", "autumn", "monday", "friday",
		"january", "february", "august", "september", "october", "november", "december",
		"parley", "support", "supportsupport", "helpdesk", "servicedesk", "customer", "customerservice", "company",
	} {
		words[w] = true
	}
	return words
}()
