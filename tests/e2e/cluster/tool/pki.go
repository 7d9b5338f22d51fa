package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Who asks the API server: file name, user, group.
var clients = [][3]string{
	{"admin", "admin", "system:masters"},
	{"controller-manager", "system:kube-controller-manager", ""},
	{"scheduler", "system:kube-scheduler", ""},
	{"proxy", "system:kube-proxy", ""},
	{"kubelet", "system:node:node0", "system:nodes"},
}

type authority struct {
	dir    string
	cert   *x509.Certificate
	key    *ecdsa.PrivateKey
	serial int64
}

// Writes a CA, the API server's certificate for the hosts, a key for service accounts, and a
// kubeconfig with a certificate for each client.
func pki(args []string) error {
	if len(args) < 3 {
		return fmt.Errorf("a folder, the server's URL and its hosts are needed")
	}
	ca := &authority{dir: args[0]}
	if err := ca.issue("ca", pkix.Name{CommonName: "e2e"}, nil); err != nil {
		return err
	}
	if err := ca.issue("apiserver", pkix.Name{CommonName: "kube-apiserver"}, args[2:]); err != nil {
		return err
	}
	for _, c := range clients {
		name := pkix.Name{CommonName: c[1]}
		if c[2] != "" {
			name.Organization = []string{c[2]}
		}
		if err := ca.issue(c[0], name, nil); err != nil {
			return err
		}
		if err := ca.kubeconfig(c[0], args[1]); err != nil {
			return err
		}
	}
	return ca.serviceAccountKey()
}

// A certificate by the CA, or of the CA itself when there is none yet.
func (a *authority) issue(file string, name pkix.Name, hosts []string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	a.serial++
	cert := &x509.Certificate{
		SerialNumber:          big.NewInt(a.serial),
		Subject:               name,
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(7 * 24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			cert.IPAddresses = append(cert.IPAddresses, ip)
		} else {
			cert.DNSNames = append(cert.DNSNames, h)
		}
	}
	if a.cert == nil {
		cert.IsCA = true
		cert.KeyUsage |= x509.KeyUsageCertSign
		cert.ExtKeyUsage = nil
		a.cert, a.key = cert, key
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return err
	}
	if err := a.write(file+".crt", "CERTIFICATE", der); err != nil {
		return err
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return a.write(file+".key", "EC PRIVATE KEY", private)
}

func (a *authority) serviceAccountKey() error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	return a.write("accounts.key", "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
}

func (a *authority) write(file, kind string, der []byte) error {
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	return os.WriteFile(filepath.Join(a.dir, file), text, 0o600)
}

// Certificates are inside, so that the file works from anywhere.
func (a *authority) kubeconfig(file, server string) error {
	data := make([]any, 0, 4)
	data = append(data, server)
	for _, name := range []string{"ca.crt", file + ".crt", file + ".key"} {
		text, err := os.ReadFile(filepath.Join(a.dir, name))
		if err != nil {
			return err
		}
		data = append(data, base64.StdEncoding.EncodeToString(text))
	}
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: e2e
clusters:
- name: e2e
  cluster: {server: %q, certificate-authority-data: %s}
users:
- name: e2e
  user: {client-certificate-data: %s, client-key-data: %s}
contexts:
- name: e2e
  context: {cluster: e2e, user: e2e, namespace: default}
`, data...)
	return os.WriteFile(filepath.Join(a.dir, file+".kubeconfig"), []byte(text), 0o600)
}
