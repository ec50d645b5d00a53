package dev.claudemesh.broker;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A mail server that keeps what it is sent.
public final class TestMail implements AutoCloseable {
  public static final String FROM = "mesh@broker.example";

  private static final Pattern CODE = Pattern.compile("(?m)^    (\\d{8})$");
  private static final long PATIENCE_MILLIS = 20_000;

  private final int port;
  private GreenMail server;

  /// One that listens.
  public static TestMail start() {
    TestMail mail = new TestMail();
    mail.comeBack();
    return mail;
  }

  /// One that is away, on a port of its own.
  public TestMail() {
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server = server();
  }

  private GreenMail server() {
    return new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
  }

  public void comeBack() {
    server.start();
  }

  /// Takes mail only from whoever knows this.
  public void demand(String user, String password) {
    server.setUser(user, user, password);
  }

  public int port() {
    return port;
  }

  /// What tells a broker of it.
  public Map<String, String> settings() {
    return Map.of(
        "BROKER_SMTP_URL",
        "smtp://127.0.0.1:" + port,
        "EMAIL_FROM",
        FROM,
        "BROKER_PUBLIC_URL",
        "https://mesh.broker.example");
  }

  /// One mail as its reader gets it.
  public record Received(String to, String from, String subject, String text, String html) {
    /// The code in it.
    public String code() {
      Matcher code = CODE.matcher(text);
      if (!code.find()) {
        throw new AssertionError("no code in: " + text);
      }
      return code.group(1);
    }
  }

  /// The newest mail, once so many have come in all.
  public Received await(int count) {
    if (!server.waitForIncomingEmail(PATIENCE_MILLIS, count)) {
      throw new AssertionError(server.getReceivedMessages().length + " mails, not " + count);
    }
    return received(server.getReceivedMessages()[count - 1]);
  }

  public int count() {
    return server.getReceivedMessages().length;
  }

  private static Received received(MimeMessage message) {
    try {
      MimeMultipart parts = (MimeMultipart) message.getContent();
      if (!parts.getContentType().startsWith("multipart/alternative") || parts.getCount() != 2) {
        throw new AssertionError(parts.getContentType());
      }
      return new Received(
          message.getAllRecipients()[0].toString(),
          message.getFrom()[0].toString(),
          message.getSubject(),
          content(parts.getBodyPart(0), "text/plain"),
          content(parts.getBodyPart(1), "text/html"));
    } catch (MessagingException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String content(BodyPart part, String type) throws MessagingException, IOException {
    if (!part.isMimeType(type)) {
      throw new AssertionError(part.getContentType());
    }
    return part.getContent().toString().replace("\r\n", "\n");
  }

  @Override
  public void close() {
    server.stop();
  }
}
