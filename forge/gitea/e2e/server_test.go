package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// server is a Gitea with data of its own, in a folder that goes with the test.
type server struct {
	t        *testing.T
	built    Server
	dir      string
	port     int
	url      string         // with a slash at the end
	root     string         // the administrator's token
	accounts map[string]int // numbers of people's accounts by their first names
	own      []byte         // certificate, in PEM form
	trust    *http.Client
	cmd      *exec.Cmd
	ended    chan error
}

// password is everybody's. The server hashes it as cheaply as it can.
const password = "correct horse 7"

// newServer makes a server with an administrator and these accounts, and starts it. It is
// stopped when the test ends.
func newServer(t *testing.T, users ...account) *server {
	t.Helper()
	built, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("git"); err != nil {
		t.Fatal("the server needs git; install it")
	}
	s := &server{t: t, built: built, dir: t.TempDir(), port: freePort(t), accounts: map[string]int{}}
	s.url = fmt.Sprintf("https://127.0.0.1:%d/", s.port)
	s.certify()
	s.configure()
	s.run("migrate")
	s.root = tokenPrinted.FindString(s.run("admin", "user", "create", "--username", "root", "--email", "root@forge.test", "--admin",
		"--password", password, "--access-token", "--access-token-name", "test", "--access-token-scopes", "all"))
	require.NotEmpty(t, s.root, "the administrator's token")
	for _, u := range users {
		if u.robot() {
			s.run("admin", "user", "create", "--username", u.name, "--email", u.mail, "--user-type", "bot")
		}
	}
	t.Cleanup(s.stop)
	require.NoError(t, s.start())
	for _, u := range users {
		if !u.robot() {
			o := s.must("root", "POST", "/admin/users", object{"username": u.name, "email": u.mail, "password": password, "must_change_password": false})
			s.accounts[u.name] = number(o, "id")
		}
	}
	return s
}

// freePort returns a port that nobody listens on. It stays the server's for the whole
// test, also while that is down: the system gives ports in turns.
func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// account is somebody on the server. Gitea knows accounts of robots, which have no
// password and cannot log in, but its API does not tell them from others.
type account struct{ name, mail string }

func (a account) robot() bool { return strings.HasSuffix(a.name, "-bot") }

// configure writes the server's settings. Its pages are so short that a story of a few
// changes has several.
func (s *server) configure() {
	me, err := user.Current()
	require.NoError(s.t, err)
	require.NoError(s.t, os.MkdirAll(filepath.Join(s.dir, "home"), 0o755))
	text := fmt.Sprintf(`RUN_MODE = prod
RUN_USER = %[1]s
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
WORK_PATH = %[2]s
[server]
PROTOCOL = https
CERT_FILE = %[3]s
KEY_FILE = %[3]s
HTTP_ADDR = 127.0.0.1
HTTP_PORT = %[4]d
ROOT_URL = %[5]s
DISABLE_SSH = true
OFFLINE_MODE = true
STATIC_ROOT_PATH = %[6]s
[database]
DB_TYPE = sqlite3
SQLITE_JOURNAL_MODE = WAL
[security]
INSTALL_LOCK = true
PASSWORD_HASH_ALGO = pbkdf2$1$50
SECRET_KEY = of-a-test
[service]
DISABLE_REGISTRATION = true
[log]
MODE = console
LEVEL = Warn
[indexer]
ISSUE_INDEXER_TYPE = db
[session]
PROVIDER = memory
[actions]
ENABLED = false
[packages]
ENABLED = false
[api]
MAX_RESPONSE_ITEMS = 5
[cron.update_checker]
ENABLED = false
`, me.Username, s.dir, filepath.Join(s.dir, "certificate.pem"), s.port, s.url, s.built.Static)
	require.NoError(s.t, os.WriteFile(s.config(), []byte(text), 0o600))
}

func (s *server) config() string { return filepath.Join(s.dir, "app.ini") }

func (s *server) command(args ...string) *exec.Cmd {
	c := exec.Command(s.built.Binary, append([]string{"--config", s.config()}, args...)...)
	home := filepath.Join(s.dir, "home") // git's settings of whoever runs the test are none of ours
	// Most of the time goes into hooks, each of which starts the whole binary: collecting
	// no garbage saves them a third of it. The limit is for the server itself.
	c.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "GITEA_WORK_DIR="+s.dir, "GOGC=off", "GOMEMLIMIT=300MiB")
	return c
}

func (s *server) run(args ...string) string {
	s.t.Helper()
	out, err := s.command(args...).CombinedOutput()
	require.NoError(s.t, err, "%s: %s", args, out)
	return string(out)
}

var tokenPrinted = regexp.MustCompile(`\b[0-9a-f]{40}\b`)

// start starts the server and waits until it answers.
func (s *server) start() error {
	var out bytes.Buffer
	s.cmd, s.ended = s.command("web"), make(chan error, 1)
	s.cmd.Stdout, s.cmd.Stderr = &out, &out
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return err
	}
	go func(c *exec.Cmd, ended chan<- error) { ended <- c.Wait() }(s.cmd, s.ended)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if reply, err := s.trust.Get(s.url + "api/v1/version"); err == nil {
			reply.Body.Close()
			if reply.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-s.ended:
			s.cmd = nil
			return fmt.Errorf("the server ended: %w\n%s", err, out.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	return errors.New("the server does not answer") // what it says is still being written
}

// stop asks the server to end, and makes it where it does not.
func (s *server) stop() {
	if s.cmd == nil {
		return
	}
	if err := s.cmd.Process.Signal(os.Interrupt); err == nil {
		select {
		case <-s.ended:
			s.cmd = nil
			return
		case <-time.After(20 * time.Second):
			s.t.Error("the server does not stop")
		}
	}
	s.kill()
}

// kill ends the server at once, without any farewell.
func (s *server) kill() {
	if err := s.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Errorf("ending the server: %v", err)
	}
	<-s.ended
	s.cmd = nil
}
