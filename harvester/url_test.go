package harvester

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCleanURLForms(t *testing.T) {
	for _, c := range []struct{ name, raw, want string }{
		{"case of scheme and host", "HTTPS://Raad.Example.BE/Besluit", "https://raad.example.be/Besluit"},
		{"default port", "https://raad.example.be:443/a", "https://raad.example.be/a"},
		{"port with zeros", "http://raad.example.be:0080/a", "http://raad.example.be/a"},
		{"other port", "http://raad.example.be:8080/a", "http://raad.example.be:8080/a"},
		{"empty port", "http://raad.example.be:/a", "http://raad.example.be/a"},
		{"dot after host", "https://raad.example.be./a", "https://raad.example.be/a"},
		{"IDN", "https://gemeente-bébé.be/a", "https://xn--gemeente-bb-kbbb.be/a"},
		{"IDN, encoded", "https://gemeente-b%C3%A9b%C3%A9.be/a", "https://xn--gemeente-bb-kbbb.be/a"},
		{"underscore in host", "https://lblod_web.example.be/a", "https://lblod_web.example.be/a"},
		{"IPv6", "http://[2001:DB8:0::1]:80/a", "http://[2001:db8::1]/a"},
		{"no path", "https://raad.example.be", "https://raad.example.be/"},
		{"no path but a query", "https://raad.example.be?a=1", "https://raad.example.be/?a=1"},
		{"dot segments", "https://raad.example.be/a/./b/../../c", "https://raad.example.be/c"},
		{"dot segments above the root", "https://raad.example.be/../../c", "https://raad.example.be/c"},
		{"dot segments, encoded", "https://raad.example.be/a/%2e%2E/c", "https://raad.example.be/c"},
		{"dot segment at the end", "https://raad.example.be/a/b/..", "https://raad.example.be/a/"},
		{"names with dots", "https://raad.example.be/.well-known/a..b", "https://raad.example.be/.well-known/a..b"},
		{"escapes", "https://raad.example.be/%7euser/%c3%a9%2f%41", "https://raad.example.be/~user/%C3%A9%2FA"},
		{"what must be escaped", "https://raad.example.be/een besluit/é?q=a b&d[]=1", "https://raad.example.be/een%20besluit/%C3%A9?q=a%20b&d%5B%5D=1"},
		{"percent that escapes nothing", "https://raad.example.be/100%-natuur", "https://raad.example.be/100%25-natuur"},
		{"line end inside", "https://raad.example.be/een\n\tbesluit", "https://raad.example.be/eenbesluit"},
		{"fragment", "https://raad.example.be/a#punt-3", "https://raad.example.be/a"},
		{"empty query", "https://raad.example.be/a?", "https://raad.example.be/a"},
		{"only a tracker", "https://raad.example.be/a?utm_source=nieuwsbrief#top", "https://raad.example.be/a"},
		{"trackers among others", "https://raad.example.be/a?b=2&fbclid=x&a=1&UTM_Medium=m&b=2", "https://raad.example.be/a?b=2&a=1&b=2"},
		{"order and spelling", "https://raad.example.be/a?z=1&A=%20+&a", "https://raad.example.be/a?z=1&A=%20+&a"},
		{"session of Java", "https://raad.example.be/x;jsessionid=0F3A.node1/y;v=2?z", "https://raad.example.be/x/y;v=2?z"},
		{"session of Java in the query", "https://raad.example.be/x?id=3;jsessionid=0F3A", "https://raad.example.be/x?id=3"},
		{"session of ASP.NET", "https://raad.example.be/(S(lit3py55t21z5v55vlm25s55))/raad.aspx", "https://raad.example.be/raad.aspx"},
		{"two of them", "https://raad.example.be/app/(A(x1)F(y2))/", "https://raad.example.be/app/"},
		{"brackets that are none", "https://raad.example.be/besluit-(S-1)/(wijziging)", "https://raad.example.be/besluit-(S-1)/(wijziging)"},
		{"session of PHP", "https://raad.example.be/?PHPSESSID=ab12&id=4", "https://raad.example.be/?id=4"},
		{"session of ColdFusion", "https://raad.example.be/a.cfm?CFID=12&CFTOKEN=34&id=4", "https://raad.example.be/a.cfm?id=4"},
		{"sid that is a session", "https://raad.example.be/a?sid=9f86d081884c7d659a2f", "https://raad.example.be/a"},
		{"sid that is a sitting", "https://raad.example.be/a?sid=412", "https://raad.example.be/a?sid=412"},
		{"sid that is a UUID", "https://raad.example.be/a?sid=9f86d081-884c-4d65-9a2f-eaa0c55ad015", "https://raad.example.be/a?sid=9f86d081-884c-4d65-9a2f-eaa0c55ad015"},
		{"a user", "https://raad.example.be@elders.example/", ""},
		{"no host", "https:///a", ""},
		{"a bad host", "https://raad example.be/", ""},
		{"a bad port", "https://raad.example.be:99999/", ""},
		{"another scheme", "mailto:raad@example.be", ""},
		{"relative", "/a", ""},
		{"too long", "https://raad.example.be/" + strings.Repeat("a", maxURL), ""},
		{"too long when encoded", "https://raad.example.be/" + strings.Repeat("é", maxURL/4), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, ok := CleanURL(c.raw); got != c.want || ok != (c.want != "") {
				t.Errorf("CleanURL(%q) = %q, %v; want %q", c.raw, got, ok, c.want)
			}
		})
	}
}

// checkClean is what holds for every address.
func checkClean(t interface{ Fatalf(string, ...any) }, raw string) {
	clean, ok := CleanURL(raw)
	if !ok {
		if clean != "" {
			t.Fatalf("CleanURL(%q) refuses and gives %q", raw, clean)
		}
		return
	}
	if again, ok := CleanURL(clean); !ok || again != clean {
		t.Fatalf("CleanURL(%q) = %q, and of that %q, %v", raw, clean, again, ok)
	}
	u, err := url.Parse(clean)
	if err != nil || u.String() != clean || u.Host != host(clean) || u.Host == "" {
		t.Fatalf("net/url reads %q of %q as %v (host %q), %v", clean, raw, u, host(clean), err)
	}
}

func TestCleanURLIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.SampledFrom([]string{
			"a", "B", "é", "/", "/", ".", "..", "/../", "/./", "%2e", "%2F", "%", "%25", "%zz", ";", ";jsessionid=X1", "(S(x))", "/(S(x))/",
			"?", "&", "=", "sid=0123456789abcdef", "utm_a=1", "#", " ", "[", "]", ":", "@", "\\", "+", "\x00", "\xff",
		})
		raw := rapid.SampledFrom([]string{"http://", "HTTPS://", "https:", ""}).Draw(t, "scheme") +
			rapid.SampledFrom([]string{"a.be", "A.BE.", "é.be", "[::1]", "1.2.3.4", "a.be:80", "xn--a.be", ""}).Draw(t, "host") +
			strings.Join(rapid.SliceOfN(part, 0, 12).Draw(t, "parts"), "")
		checkClean(t, raw)
	})
}

func FuzzCleanURL(f *testing.F) {
	for _, s := range []string{"https://raad.example.be/(S(a))/x;jsessionid=1?a=1&utm_source=x#y", "http://é.be:80/%7E/../%zz", "http://[::1]/", "http://a.be/.;jsessionid=1", "http://a.be/?;sid=1&fbclid;cfid=2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) { checkClean(t, raw) })
}

func TestIsAttachment(t *testing.T) {
	for address, want := range map[string]bool{
		"https://a.be/plan.PDF": true, "https://a.be/plan.pdf?v=2": true, "https://a.be/GetPublication/?filename=Notulen_27-05-2024.pdf": true,
		"https://a.be/download.aspx?bestand=plan.docx": true, "https://a.be/raad.aspx": false, "https://a.be/notulen/27.05.2024": false,
		"https://a.be/zoek?q=plan.pdf": false, "https://a.be/": false, "https://a.be/raad.php?id=3": false,
	} {
		if got := isAttachment(address); got != want {
			t.Errorf("isAttachment(%q) = %v, want %v", address, got, want)
		}
	}
}
