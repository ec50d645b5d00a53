package dev.claudemesh.db;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serial;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.sql.SQLException;
import javax.net.SocketFactory;

/// Sockets on which the PostgreSQL driver reads no more than the thread that waits for the answer
/// has allowed: rows, notices and errors, of which the driver itself bounds the rows only.
///
/// Public because the driver makes it by its name.
public final class MeteredSockets extends SocketFactory {

  private static final ScopedValue<Allowance> ALLOWED = ScopedValue.newInstance();

  /// More was sent than was allowed. The connection is of no use any more.
  static final class TooMuchException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    TooMuchException(long most) {
      super("The server sent more than " + most + " bytes");
    }
  }

  /// Used by one thread.
  private static final class Allowance {
    private final long most;
    private long read;

    Allowance(long most) {
      this.most = most;
    }

    void take(int bytes) throws IOException {
      read += Math.max(bytes, 0);
      if (read > most) {
        throw new TooMuchException(most);
      }
    }
  }

  interface Work<T> {
    T run() throws SQLException;
  }

  /// Does something that may read so much from the server.
  static <T> T reading(long mostBytes, Work<T> work) throws SQLException {
    return ScopedValue.where(ALLOWED, new Allowance(mostBytes)).call(work::run);
  }

  @Override
  public Socket createSocket() {
    return new Socket() {
      @Override
      public InputStream getInputStream() throws IOException {
        return new Metered(super.getInputStream());
      }
    };
  }

  private static final class Metered extends FilterInputStream {

    Metered(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      taken(1);
      return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      taken(read);
      return read;
    }

    private static void taken(int bytes) throws IOException {
      if (ALLOWED.isBound()) {
        ALLOWED.get().take(bytes);
      }
    }
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return connected(new InetSocketAddress(host, port), new InetSocketAddress(local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return connected(new InetSocketAddress(host, port), new InetSocketAddress(local, localPort));
  }

  private Socket connected(InetSocketAddress server, InetSocketAddress local) throws IOException {
    Socket socket = createSocket();
    try {
      socket.bind(local);
      socket.connect(server);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
