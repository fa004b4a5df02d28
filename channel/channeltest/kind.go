package channeltest

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"parley/channel"
	"parley/desk"
)

var (
	kindName  = regexp.MustCompile(`^[a-z][a-z0-9]{1,31}$`)
	fieldName = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
)

// kind: its name can be stored, a person can choose by its words, its limits are usable.
func (o Options) kind(t *testing.T) {
	k := o.Channel.Kind()
	if !kindName.MatchString(k.Name) {
		t.Errorf("name %q is not lower case letters and digits", k.Name)
	}
	if k.Title == "" || len(k.Title) > 40 || !strings.HasSuffix(k.Description, ".") {
		t.Errorf("title %q or description %q cannot be shown: a title has up to 40 characters, a description is a sentence", k.Title, k.Description)
	}
	if k.Grouping != desk.PerThread && k.Grouping != desk.PerContact {
		t.Errorf("grouping %q is none", k.Grouping)
	}
	c := k.Caps
	if c.MaxText < 0 || c.MaxFileSize < 0 || c.MaxFiles < 0 || c.MaxFiles > 0 && c.MaxFileSize == 0 {
		t.Errorf("limits make no sense: %+v", c)
	}
	if c.Resend != channel.ResendSafe && c.Resend != channel.ResendAsk {
		t.Errorf("resend %q is neither safe nor ask", c.Resend)
	}
	if !slices.Contains([]desk.Delivery{desk.DeliverySent, desk.DeliveryDelivered, desk.DeliveryRead}, c.Receipts) {
		t.Errorf("receipts %q is not sent, delivered or read", c.Receipts)
	}
	if again := o.Channel.Kind(); !reflect.DeepEqual(k, again) {
		t.Errorf("a second call gives another kind: %+v, then %+v", k, again)
	}
	if o.Account.Kind != k.Name {
		t.Errorf("the account is of kind %q, the channel of %q", o.Account.Kind, k.Name)
	}
}

// schema: the settings make a form, and every one of them is named and explained.
func (o Options) schema(t *testing.T) {
	k := o.Channel.Kind()
	typ := reflect.TypeOf(k.Config)
	if typ == nil || typ.Kind() != reflect.Struct {
		t.Fatalf("settings are a %T, not a struct", k.Config)
	}
	if !reflect.ValueOf(k.Config).IsZero() {
		t.Error("Config is not the zero value: defaults belong into tags")
	}
	names := map[string]reflect.StructField{}
	for f := range typ.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || !fieldName.MatchString(name) {
			t.Errorf("setting %s has no json name in snake_case", f.Name)
			continue
		}
		names[name] = f
		if f.Tag.Get("doc") == "" {
			t.Errorf("setting %s has no doc tag: the form cannot explain it", name)
		}
	}
	for _, s := range k.Secrets {
		if f, ok := names[s]; !ok || f.Type.Kind() != reflect.String {
			t.Errorf("secret %q is not a string of the settings", s)
		}
	}
	schema, err := json.Marshal(huma.SchemaFromType(huma.NewMapRegistry("", huma.DefaultSchemaNamer), typ))
	if err != nil {
		t.Fatalf("settings make no JSON schema: %s", err)
	}
	for name := range names {
		if !bytes.Contains(schema, []byte(`"`+name+`":`)) {
			t.Errorf("setting %s is not in the schema", name)
		}
	}
}

// settings: what is usable survives being stored, is accepted and has an address.
func (o Options) settings(t *testing.T) {
	k := o.Channel.Kind()
	config := reflect.New(reflect.TypeOf(k.Config))
	d := json.NewDecoder(bytes.NewReader(o.Account.Config))
	d.DisallowUnknownFields()
	if err := d.Decode(config.Interface()); err != nil {
		t.Fatalf("the settings of the account are not of the kind's type: %s", err)
	}
	stored, err := json.Marshal(config.Elem().Interface())
	if err != nil {
		t.Fatal(err)
	}
	again := reflect.New(reflect.TypeOf(k.Config))
	if err := json.Unmarshal(stored, again.Interface()); err != nil || !reflect.DeepEqual(config.Interface(), again.Interface()) {
		t.Errorf("settings change when stored: %+v, then %+v (%v)", config.Elem(), again.Elem(), err)
	}
	for _, c := range []json.RawMessage{o.Account.Config, stored} {
		if err := o.Channel.Check(c); err != nil {
			t.Errorf("good settings are refused: %s", err)
		}
	}
	address, err := o.Channel.Address(o.Account.Config)
	if err != nil {
		t.Errorf("good settings have no address: %s", err)
	}
	if other, _ := o.Channel.Address(stored); other != address {
		t.Errorf("the address is %q, then %q", address, other)
	}
}

// badSettings: they are refused with words for the one who typed them.
func (o Options) badSettings(t *testing.T) {
	bad := append([]json.RawMessage{[]byte(``), []byte(`{`), []byte(`[]`), []byte(`"x"`)}, o.BadConfigs...)
	for _, c := range bad {
		err := o.Channel.Check(c)
		if err == nil {
			t.Errorf("%s is accepted", c)
			continue
		}
		if strings.TrimSpace(err.Error()) == "" {
			t.Errorf("%s is refused without a word", c)
		}
	}
}
