package dev.claudemesh.broker.net;

import java.util.List;
import java.util.Locale;

/// What the sign-in page says, in English and in Spanish.
enum SignInText {
  TITLE("Sign in", "Iniciar sesión"),
  CARD_TITLE("Let this terminal in?", "¿Permitir este terminal?"),
  EMAIL("E-mail", "Correo electrónico"),
  PASSWORD("Password", "Contraseña"),
  NEW_PASSWORD("Password (at least 10 characters)", "Contraseña (al menos 10 caracteres)"),
  NAME("Your name", "Su nombre"),
  SIGN_IN("Sign in", "Entrar"),
  NEW_HERE("New here?", "¿Es nuevo aquí?"),
  REGISTER("Make an account", "Crear una cuenta"),
  ENTER_CODE(
      "Type the code that your terminal shows.", "Escriba el código que muestra su terminal."),
  CODE("Code", "Código"),
  NEXT("Next", "Siguiente"),
  MACHINE("Machine", "Equipo"),
  SYSTEM("System", "Sistema"),
  ADDRESS("Called from", "Llamó desde"),
  LEFT("Time left", "Tiempo restante"),
  MINUTES("min", "min"),
  WARNING(
      "Approve only if you started this yourself just now and your terminal shows this code.",
      "Apruebe solo si usted mismo lo ha iniciado ahora y su terminal muestra este código."),
  APPROVE("Approve", "Aprobar"),
  DENY("Deny", "Rechazar"),
  SIGNED_IN_AS("Signed in as", "Sesión iniciada como"),
  SIGN_OUT("Sign out", "Salir"),
  APPROVED("Approved. Return to your terminal.", "Aprobado. Vuelva a su terminal."),
  DENIED("Denied. Nobody was let in.", "Rechazado. No se ha permitido la entrada."),
  EXPIRED(
      "This code has ended. Run claudemesh login again.",
      "Este código ha caducado. Ejecute de nuevo claudemesh login."),
  WRONG_PASSWORD(
      "No account here has this address and this password.",
      "Ninguna cuenta tiene esta dirección y esta contraseña."),
  NO_SUCH_CODE(
      "There is no such code. Copy it as your terminal shows it.",
      "Ese código no existe. Cópielo como lo muestra su terminal."),
  TOO_OFTEN("Too many tries. Wait a minute.", "Demasiados intentos. Espere un minuto."),
  BAD_INPUT(
      "Give an e-mail address, and a password of at least 10 characters.",
      "Indique una dirección de correo y una contraseña de al menos 10 caracteres."),
  NOT_OURS(
      "This form did not come from this page. Load it again.",
      "Este formulario no procede de esta página. Cárguela de nuevo."),
  DECIDED("This code was approved or denied already.", "Este código ya fue aprobado o rechazado."),
  TROUBLE("That did not work. Try again in a moment.", "No ha funcionado. Inténtelo más tarde.");

  static final Locale SPANISH = Locale.of("es");

  private final String english;
  private final String spanish;

  SignInText(String english, String spanish) {
    this.english = english;
    this.spanish = spanish;
  }

  /// Escaped for a page.
  String in(Locale language) {
    return Pages.escape(language.equals(SPANISH) ? spanish : english);
  }

  /// What a browser asked for, of what there is.
  static Locale language(String acceptLanguage) {
    try {
      Locale best =
          Locale.lookup(
              Locale.LanguageRange.parse(acceptLanguage), List.of(Locale.ENGLISH, SPANISH));
      return best == null ? Locale.ENGLISH : best;
    } catch (IllegalArgumentException e) {
      return Locale.ENGLISH;
    }
  }
}
