package dev.claudemesh.broker.net;

import java.util.List;
import java.util.Locale;

/// What the pages say, in English and in Spanish.
enum PageText {
  TITLE("Sign in", "Iniciar sesión"),
  CARD_TITLE("Let this terminal in?", "¿Permitir este terminal?"),
  EMAIL("E-mail", "Correo electrónico"),
  PASSWORD("Password", "Contraseña"),
  NEW_PASSWORD("Password (at least 10 characters)", "Contraseña (al menos 10 caracteres)"),
  NAME("Your name", "Su nombre"),
  SIGN_IN("Sign in", "Entrar"),
  BY_CODE("Sign in by e-mail code", "Entrar con un código por correo"),
  BY_PASSWORD("Sign in by password", "Entrar con contraseña"),
  FORGOT("Forgot the password?", "¿Olvidó la contraseña?"),
  NEW_PASSWORD_TITLE("Set a password", "Elegir una contraseña"),
  SEND_CODE("Send me a code", "Enviarme un código"),
  ANOTHER_MAIL("Send another code", "Enviar otro código"),
  CODE_SENT(
      "If the address has an account, a code is on its way to it. It is good for 10 minutes.",
      "Si la dirección tiene una cuenta, le llegará un código. Vale 10 minutos."),
  MAILED_CODE("Code from the mail", "Código del correo"),
  SAVE("Save and sign in", "Guardar y entrar"),
  WRONG_CODE("This code is wrong or has ended.", "Este código no es correcto o ha caducado."),
  UNPROVEN(
      "Nobody has proven this address yet. Have a code mailed to it.",
      "Nadie ha demostrado aún que esta dirección es suya. Pida un código por correo."),
  HAVE_ONE("I have an account", "Ya tengo una cuenta"),
  REGISTER("Make an account", "Crear una cuenta"),
  CODE_TITLE("Let a terminal in", "Permitir un terminal"),
  ENTER_CODE(
      "Type the code that your terminal shows.", "Escriba el código que muestra su terminal."),
  CODE("Code", "Código"),
  NEXT("Next", "Siguiente"),
  ACCOUNT("Tokens and machines", "Tokens y equipos"),
  TOKENS("Tokens for scripts", "Tokens para scripts"),
  NO_TOKENS("You have none.", "No tiene ninguno."),
  MACHINES("Machines that are signed in", "Equipos con sesión iniciada"),
  LAST_USED("last used %s", "último uso: %s"),
  NEVER_USED("never used", "sin usar"),
  ENDS_ON("ends %s", "caduca: %s"),
  NEVER_ENDS("never ends", "no caduca"),
  REVOKE("Revoke", "Revocar"),
  TOKEN_FOR("What it is for", "Para qué sirve"),
  GOOD_FOR("Good for", "Válido durante"),
  THIRTY_DAYS("30 days", "30 días"),
  NINETY_DAYS("90 days", "90 días"),
  ONE_YEAR("1 year", "1 año"),
  FOR_EVER("Ever", "Siempre"),
  MAKE_TOKEN("Make a token", "Crear un token"),
  TOKEN_MADE(
      "Copy it now: it is shown this once. Whoever has it acts for your account.",
      "Cópielo ahora: solo se muestra esta vez. Quien lo tenga actúa en nombre de su cuenta."),
  NEVER_WARNING(
      "It never ends: whoever finds it can use it until you revoke it.",
      "No caduca: quien lo encuentre podrá usarlo hasta que lo revoque."),
  TOO_MANY("There are too many. Revoke some first.", "Hay demasiados. Revoque alguno antes."),
  ANOTHER_CODE("Another code", "Otro código"),
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
  INVITED("%s invites you to the mesh %s.", "%s le invita a la malla %s."),
  INVITED_BY_NOBODY("You are invited to the mesh %2$s.", "Le invitan a la malla %2$s."),
  JOIN("Join %s", "Unirse a %s"),
  YOU_BECOME("You become", "Será"),
  MEMBER("a member", "miembro"),
  ADMIN("an admin", "administrador"),
  MEMBERS("Members", "Miembros"),
  ENDS("Ends", "Caduca"),
  USES("Good for", "Vale para"),
  ONE_NEWCOMER("one newcomer", "una persona"),
  NEWCOMERS("%s newcomers", "%s personas"),
  JOIN_AS("Join as", "Unirse como"),
  SHOW("Show", "Mostrar"),
  RUN("Run this in a terminal:", "Ejecute esto en un terminal:"),
  FRAGMENT(
      "If the link you were sent has a part after #, paste it whole instead: by that part"
          + " claudemesh checks who invited you.",
      "Si el enlace que recibió tiene una parte después de #, péguelo entero: con ella claudemesh"
          + " comprueba quién le invitó."),
  KEYS_STAY(
      "Your key is made on your machine and stays there.",
      "Su clave se crea en su equipo y no sale de él."),
  QR("QR code of this page's link", "Código QR del enlace de esta página"),
  NO_INVITE(
      "There is no such invite. Copy the whole link again.",
      "Esa invitación no existe. Copie de nuevo el enlace entero."),
  INVITE_WITHDRAWN(
      "This invite was withdrawn. Ask for a new one.",
      "Esta invitación se ha retirado. Pida una nueva."),
  INVITE_ENDED(
      "This invite has expired. Ask for a new one.",
      "Esta invitación ha caducado. Pida una nueva."),
  INVITE_TAKEN(
      "This invite was already taken as often as it may be. Ask for a new one.",
      "Esta invitación ya se ha usado todas las veces permitidas. Pida una nueva."),
  HOME(
      "A claudemesh broker: it carries encrypted messages between Claude Code sessions.",
      "Un broker de claudemesh: lleva mensajes cifrados entre sesiones de Claude Code."),
  HOME_JOIN(
      "To join a mesh here you need an invite from one of its members.",
      "Para unirse a una malla necesita una invitación de uno de sus miembros."),
  TROUBLE("That did not work. Try again in a moment.", "No ha funcionado. Inténtelo más tarde.");

  static final Locale SPANISH = Locale.of("es");

  private final String english;
  private final String spanish;

  PageText(String english, String spanish) {
    this.english = english;
    this.spanish = spanish;
  }

  /// Escaped for a page.
  String in(Locale language) {
    return Look.escape(language.equals(SPANISH) ? spanish : english);
  }

  /// The same with values in it, which are escaped, too.
  String in(Locale language, Object... values) {
    return Look.escape(
        String.format(language, language.equals(SPANISH) ? spanish : english, values));
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
