package dev.claudemesh.protocol.crypto;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.Map;

/// The functions of libsodium that are called here, declared as Lazysodium declares them.
/// Lazysodium binds all three hundred of them when it is loaded, which a command would wait for.
///
/// Source: the C API of libsodium, <https://doc.libsodium.org/>; each function is described there.
final class Libsodium {
  private static final int FAILED = -1;

  /// @param library the file
  /// @throws UnsatisfiedLinkError if it is not libsodium, or too old
  Libsodium(Path library) {
    Native.register(
        Libsodium.class,
        NativeLibrary.getInstance(
            library.toString(), Map.of("classloader", Libsodium.class.getClassLoader())));
    if (sodium_init() == FAILED) {
      throw new UnsatisfiedLinkError("libsodium cannot be initialised");
    }
  }

  private native int sodium_init();

  native void randombytes_buf(byte[] buffer, int size);

  native int crypto_sign_keypair(byte[] publicKey, byte[] secretKey);

  native int crypto_sign_seed_keypair(byte[] publicKey, byte[] secretKey, byte[] seed);

  native int crypto_sign_detached(
      byte[] signature, Pointer length, byte[] message, long messageLength, byte[] secretKey);

  native int crypto_sign_verify_detached(
      byte[] signature, byte[] message, long messageLength, byte[] publicKey);

  native int crypto_sign_ed25519_pk_to_curve25519(byte[] x25519, byte[] ed25519);

  native int crypto_sign_ed25519_sk_to_curve25519(byte[] x25519, byte[] ed25519);

  native int crypto_scalarmult_base(byte[] point, byte[] secret);

  native int crypto_scalarmult(byte[] shared, byte[] secret, byte[] point);

  native int crypto_box_easy(
      byte[] boxed, byte[] message, long length, byte[] nonce, byte[] to, byte[] from);

  native int crypto_box_open_easy(
      byte[] message, byte[] boxed, long length, byte[] nonce, byte[] from, byte[] to);

  native int crypto_box_seal(byte[] sealed, byte[] message, long length, byte[] to);

  native int crypto_box_seal_open(
      byte[] message, byte[] sealed, long length, byte[] publicKey, byte[] secretKey);

  native int crypto_secretbox_easy(
      byte[] boxed, byte[] message, long length, byte[] nonce, byte[] key);

  native int crypto_secretbox_open_easy(
      byte[] message, byte[] boxed, long length, byte[] nonce, byte[] key);

  native int crypto_aead_xchacha20poly1305_ietf_encrypt(
      byte[] sealed,
      long[] sealedLength,
      byte[] message,
      long messageLength,
      byte[] beside,
      long besideLength,
      byte[] none,
      byte[] nonce,
      byte[] key);

  native int crypto_aead_xchacha20poly1305_ietf_decrypt(
      byte[] message,
      long[] messageLength,
      byte[] none,
      byte[] sealed,
      long sealedLength,
      byte[] beside,
      long besideLength,
      byte[] nonce,
      byte[] key);

  native int crypto_pwhash(
      byte[] key,
      long keyLength,
      byte[] passphrase,
      long passphraseLength,
      byte[] salt,
      long passes,
      NativeLong memory,
      int algorithm);

  native int crypto_pwhash_str(
      byte[] hash, byte[] password, long passwordLength, long passes, NativeLong memory);

  native int crypto_pwhash_str_verify(byte[] hash, byte[] password, long passwordLength);
}
