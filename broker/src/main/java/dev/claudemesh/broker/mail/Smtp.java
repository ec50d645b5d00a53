package dev.claudemesh.broker.mail;

import dev.claudemesh.broker.kernel.MailServer;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands a mail to the server, over a connection of its own.
final class Smtp {
  private static final Logger log = LoggerFactory.getLogger(Smtp.class);
  private static final String CONNECT_MILLIS = "10000";
  private static final String ANSWER_MILLIS = "20000";
  private static final int FIRST_PERMANENT = 500;
  private static final String UTF_8 = StandardCharsets.UTF_8.name();

  private final MailServer server;
  private final Session session;

  Smtp(MailServer server) {
    this.server = server;
    this.session = Session.getInstance(properties(server));
  }

  /// What became of a mail.
  enum Result {
    SENT,
    /// The server does not take this one now.
    NOT_NOW,
    /// The server takes none now.
    AWAY,
    /// The server will never take it.
    REFUSED
  }

  private static Properties properties(MailServer server) {
    String protocol = "mail." + protocol(server) + ".";
    Properties properties = new Properties();
    properties.put("mail.transport.protocol", protocol(server));
    properties.put(protocol + "connectiontimeout", CONNECT_MILLIS);
    properties.put(protocol + "timeout", ANSWER_MILLIS);
    properties.put(protocol + "writetimeout", ANSWER_MILLIS);
    properties.put(protocol + "ssl.checkserveridentity", "true");
    properties.put(protocol + "auth", String.valueOf(server.user().isPresent()));
    properties.put(
        protocol + "starttls.enable", String.valueOf(server.tls() != MailServer.Tls.ALWAYS));
    properties.put(
        protocol + "starttls.required", String.valueOf(server.tls() == MailServer.Tls.STARTTLS));
    return properties;
  }

  private static String protocol(MailServer server) {
    return server.tls() == MailServer.Tls.ALWAYS ? "smtps" : "smtp";
  }

  /// Never throws: what goes wrong is told, without the address and without what the mail says.
  Result send(Mail mail) {
    MimeMessage message;
    try {
      message = message(mail);
    } catch (MessagingException e) {
      log.warn("A mail could not be written: {}", e.getClass().getSimpleName());
      return Result.REFUSED;
    }
    try {
      Transport transport = session.getTransport();
      transport.connect(
          server.host(), server.port(), server.user().orElse(null), server.password().orElse(null));
      Result result = handed(transport, message);
      close(transport);
      return result;
    } catch (MessagingException e) {
      log.warn(
          "The mail server at {}:{} takes no mail: {}",
          server.host(),
          server.port(),
          e.getClass().getSimpleName());
      return Result.AWAY;
    }
  }

  /// The mail was taken, or not, before this.
  private static void close(Transport transport) {
    try {
      transport.close();
    } catch (MessagingException e) {
      log.debug("The mail server ended the connection first");
    }
  }

  private static Result handed(Transport transport, MimeMessage message) {
    try {
      transport.sendMessage(message, message.getAllRecipients());
      return Result.SENT;
    } catch (MessagingException e) {
      int code = code(e);
      log.warn("The mail server did not take a mail ({})", code == 0 ? "no answer" : code);
      return code >= FIRST_PERMANENT ? Result.REFUSED : Result.NOT_NOW;
    }
  }

  /// The server's answer, which stands in one of the exceptions; 0 without one.
  private static int code(Exception failure) {
    return switch (failure) {
      case SMTPAddressFailedException address -> address.getReturnCode();
      case SMTPSendFailedException send when send.getReturnCode() > 0 -> send.getReturnCode();
      case SendFailedException send when send.getNextException() != null ->
          code(send.getNextException());
      case Exception other -> 0;
    };
  }

  private MimeMessage message(Mail mail) throws MessagingException {
    MimeBodyPart text = new MimeBodyPart();
    text.setText(mail.text(), UTF_8);
    MimeBodyPart html = new MimeBodyPart();
    html.setText(mail.html(), UTF_8, "html");
    MimeMessage message = new MimeMessage(session);
    message.setFrom(new InternetAddress(server.from(), true));
    message.setRecipient(Message.RecipientType.TO, new InternetAddress(mail.to(), true));
    message.setSubject(mail.subject(), UTF_8);
    message.setSentDate(new Date());
    message.setHeader("Auto-Submitted", "auto-generated");
    message.setContent(new MimeMultipart("alternative", text, html));
    message.saveChanges();
    return message;
  }
}
