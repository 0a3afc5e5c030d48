//go:build !windows

package git

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/server"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/tributary-oss/tributary/model"
)

// sshServer listens with a host key that is known, and has an agent hold the
// user's key. serve handles one connection.
func sshServer(t *testing.T, serve func(net.Conn, *ssh.ServerConfig)) (address string) {
	_, user, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	keys := agent.NewKeyring()
	require.NoError(t, keys.Add(agent.AddedKey{PrivateKey: user}))
	short, err := os.MkdirTemp("", "agent") // a socket's path must be short
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(short) })
	listen(t, "unix", filepath.Join(short, "s"), func(c net.Conn) { agent.ServeAgent(keys, c) })
	t.Setenv("SSH_AUTH_SOCK", filepath.Join(short, "s"))

	_, host, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	hostKey, err := ssh.NewSignerFromKey(host)
	require.NoError(t, err)
	config := &ssh.ServerConfig{PublicKeyCallback: func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) { return nil, nil }}
	config.AddHostKey(hostKey)
	address = listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) { serve(c, config) })
	known := filepath.Join(short, "known_hosts")
	must(os.WriteFile(known, []byte(knownhosts.Line([]string{address}, hostKey.PublicKey())+"\n"), 0o600))
	t.Setenv("SSH_KNOWN_HOSTS", known)
	return address
}

func listen(t *testing.T, network, at string, serve func(net.Conn)) string {
	l, err := net.Listen(network, at)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(c)
			}()
		}
	}()
	return l.Addr().String()
}

// uploadPack serves one session of git-upload-pack.
func uploadPack(dir string, c net.Conn, config *ssh.ServerConfig) error {
	_, channels, requests, err := ssh.NewServerConn(c, config)
	if err != nil {
		return err
	}
	go ssh.DiscardRequests(requests)
	for next := range channels {
		channel, requests, err := next.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer channel.Close()
			for r := range requests {
				r.Reply(r.Type == "exec", nil)
				if r.Type == "exec" {
					if err := answer(dir, channel); err == nil {
						channel.SendRequest("exit-status", false, []byte{0, 0, 0, 0})
					}
					return
				}
			}
		}()
	}
	return nil
}

func answer(dir string, channel io.ReadWriteCloser) error {
	st := filesystem.NewStorage(osfs.New(dir), cache.NewObjectLRUDefault())
	session, err := server.NewServer(server.MapLoader{"x://x/x": st}).NewUploadPackSession(must2(transport.NewEndpoint("x://x/x")), nil)
	if err != nil {
		return err
	}
	refs, err := session.AdvertisedReferencesContext(context.Background())
	if err != nil {
		return err
	}
	if err := refs.Encode(channel); err != nil {
		return err
	}
	req := packp.NewUploadPackRequest()
	if err := req.Decode(channel); err != nil {
		return err
	}
	res, err := session.UploadPack(context.Background(), req)
	if err != nil {
		return err
	}
	return res.Encode(channel)
}

func TestCloneOverSSH(t *testing.T) {
	b, _ := small(t)
	at := sshServer(t, func(c net.Conn, config *ssh.ServerConfig) { uploadPack(b.dir, c, config) })
	o := options()
	o.Cache = t.TempDir()
	for range 2 {
		rs, err := mine(t, o, model.Repository{URL: "ssh://git:pa55word@" + at + "/a/b.git"}, model.Period{})
		require.NoError(t, err)
		assert.Equal(t, []model.Record(mineAll(t, b)), rs)
	}
	for _, name := range everyFile(o.Cache) {
		if st := must2(os.Stat(name)); !st.IsDir() {
			assert.NotContains(t, string(must2(os.ReadFile(name))), "pa55word", name)
		}
	}
	must(os.WriteFile(os.Getenv("SSH_KNOWN_HOSTS"), nil, 0o600))
	o.Cache = t.TempDir()
	msg := failure(t, o, model.Repository{URL: "ssh://git:pa55word@" + at + "/a/b.git"})
	assert.Contains(t, msg, "key is unknown")
	assert.NotContains(t, msg, "pa55word")
	t.Setenv("SSH_AUTH_SOCK", "")
	assert.Contains(t, failure(t, o, model.Repository{URL: "ssh://" + at + "/a"}), "SSH agent")
}

// A server that says nothing is left alone when the context ends.
func TestSilentSSHServer(t *testing.T) {
	reached, end := make(chan bool, 1), make(chan bool)
	at := sshServer(t, func(net.Conn, *ssh.ServerConfig) {
		reached <- true
		<-end
	})
	t.Cleanup(func() { close(end) })
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var start time.Time
	go func() {
		<-reached
		start = time.Now()
		cancel()
	}()
	o := options()
	o.Cache = t.TempDir()
	var all []string
	for _, err := range New(o).Mine(ctx, model.Repository{URL: fmt.Sprintf("ssh://git@%s/a", at)}, model.Period{}) {
		assert.ErrorIs(t, err, context.Canceled)
		all = append(all, err.Error())
	}
	assert.Len(t, all, 1)
	assert.Less(t, time.Since(start), 5*time.Second, "a second, but on a machine with much else to do")
	left := must2(os.ReadDir(o.Cache))
	require.Len(t, left, 1)
	assert.True(t, strings.HasSuffix(left[0].Name(), ".lock"))
}
