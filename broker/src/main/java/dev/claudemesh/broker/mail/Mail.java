package dev.claudemesh.broker.mail;

/// One mail, to one address. Its `toString` holds neither that nor what it says.
///
/// @param html a whole document, whose values are escaped
public record Mail(String to, String subject, String text, String html) {
  @Override
  public String toString() {
    return "Mail[***]";
  }
}
