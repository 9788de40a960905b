#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* In the order in which the sidebar shows them. */
typedef enum
{
  PIPIT_FOLDER_ALL_INBOXES, /* of every account; belongs to none */
  PIPIT_FOLDER_INBOX,
  PIPIT_FOLDER_STARRED,
  PIPIT_FOLDER_DRAFTS,
  PIPIT_FOLDER_SENT,
  PIPIT_FOLDER_ARCHIVE,
  PIPIT_FOLDER_JUNK,
  PIPIT_FOLDER_TRASH,
  PIPIT_FOLDER_ALL_MAIL,
  PIPIT_FOLDER_PLAIN,        /* no role */
  PIPIT_FOLDER_LOCAL_DRAFTS, /* of this computer; belongs to no account */
  PIPIT_FOLDER_OUTBOX,       /* the same */
} PipitFolderRole;

/* What is the case with an account, or with all of them. */
typedef enum
{
  PIPIT_STATE_IDLE,    /* the cache equals the server, as far as is known */
  PIPIT_STATE_BUSY,    /* receiving or sending */
  PIPIT_STATE_OFFLINE, /* not reachable; tried again by itself */
  PIPIT_STATE_PROBLEM, /* waits for the person */
  PIPIT_STATE_PAUSED,  /* by the person */
} PipitState;

typedef enum
{
  PIPIT_LIST_LOADING, /* nothing to show yet */
  PIPIT_LIST_READY,
  PIPIT_LIST_EMPTY,          /* known to be empty on the server */
  PIPIT_LIST_EMPTY_FILTERED, /* messages are there, none passes the filter */
  PIPIT_LIST_RECEIVING,      /* empty as yet, its messages are on their way */
  PIPIT_LIST_OFFLINE,        /* never received, and no connection */
  PIPIT_LIST_FAILED,
} PipitListState;

/* Which messages of a folder a list shows. */
typedef enum
{
  PIPIT_FILTER_NONE,
  PIPIT_FILTER_UNREAD,
  PIPIT_FILTER_STARRED,
  PIPIT_FILTER_ATTACHMENTS,
} PipitFilter;

typedef enum
{
  PIPIT_BODY_MISSING, /* not here yet */
  PIPIT_BODY_LOADING,
  PIPIT_BODY_PARTIAL, /* text here, large parts on demand */
  PIPIT_BODY_COMPLETE,
  PIPIT_BODY_FAILED,
} PipitBodyState;

typedef enum
{
  PIPIT_OUTBOX_QUEUED,  /* waits for a connection, or for its time */
  PIPIT_OUTBOX_SENDING, /* under way */
  PIPIT_OUTBOX_UNSURE,  /* nobody knows whether it was taken: the person decides */
  PIPIT_OUTBOX_SENT,    /* taken; its copy is still to be filed */
  PIPIT_OUTBOX_FILED,
  PIPIT_OUTBOX_FAILED, /* refused: see its problem */
} PipitOutboxState;

typedef enum
{
  PIPIT_COMPOSE_NEW,
  PIPIT_COMPOSE_REPLY,
  PIPIT_COMPOSE_REPLY_ALL,
  PIPIT_COMPOSE_REPLY_LIST,
  PIPIT_COMPOSE_FORWARD,
  PIPIT_COMPOSE_FORWARD_ATTACHED,
  PIPIT_COMPOSE_EDIT_AS_NEW,
  PIPIT_COMPOSE_DRAFT, /* a draft taken up again */
} PipitComposeKind;

typedef enum
{
  PIPIT_RECIPIENTS_TO,
  PIPIT_RECIPIENTS_CC,
  PIPIT_RECIPIENTS_BCC,
} PipitRecipientsField;

typedef enum
{
  PIPIT_SERVER_RECEIVING,
  PIPIT_SERVER_SENDING,
} PipitServer;

typedef enum
{
  PIPIT_SECURITY_TLS,
  PIPIT_SECURITY_STARTTLS,
  PIPIT_SECURITY_NONE,
} PipitSecurity;

typedef enum
{
  PIPIT_STEP_WAITING,
  PIPIT_STEP_RUNNING,
  PIPIT_STEP_DONE,
  PIPIT_STEP_FAILED,
} PipitStepState;

typedef enum
{
  PIPIT_SETUP_EDITING,
  PIPIT_SETUP_LOOKING_UP, /* settings for the address are looked for */
  PIPIT_SETUP_TESTING,
  PIPIT_SETUP_FAILED, /* the test stopped: see the problem */
  PIPIT_SETUP_PASSED,
} PipitSetupState;

/* Where a password is kept. */
typedef enum
{
  PIPIT_KEEP_KEYRING,
  PIPIT_KEEP_SESSION, /* until Pipit is closed */
} PipitKeepPassword;

/* What a button below an explained failure does. */
typedef enum
{
  PIPIT_REMEDY_TRY_AGAIN,
  PIPIT_REMEDY_ENTER_PASSWORD,
  PIPIT_REMEDY_EDIT_SETTINGS,
  PIPIT_REMEDY_USE_SERVER,       /* another host, port or security, carried by the remedy */
  PIPIT_REMEDY_USE_NAME,         /* another name to sign in with, carried by the remedy */
  PIPIT_REMEDY_VIEW_CERTIFICATE, /* and trust it, or not */
  PIPIT_REMEDY_OPEN_LINK,        /* the provider's page, carried by the remedy */
} PipitRemedyKind;

/* Classes of what can go wrong, as far as somebody decides by them. */
typedef enum
{
  PIPIT_PROBLEM_OTHER,
  PIPIT_PROBLEM_NOT_REACHABLE,
  PIPIT_PROBLEM_SECURITY, /* no encryption could be agreed upon */
  PIPIT_PROBLEM_CERTIFICATE,
  PIPIT_PROBLEM_CERTIFICATE_CHANGED,
  PIPIT_PROBLEM_SIGN_IN,
  PIPIT_PROBLEM_PASSWORD_MISSING, /* none is known: it has to be asked for */
  PIPIT_PROBLEM_LIMIT,            /* the server asks to wait */
  PIPIT_PROBLEM_REFUSED,          /* the server said no */
  PIPIT_PROBLEM_LOCAL,            /* disk, profile, keyring */
} PipitProblemKind;

#define PIPIT_TYPE_STATE (pipit_state_get_type ())
#define PIPIT_TYPE_LIST_STATE (pipit_list_state_get_type ())
#define PIPIT_TYPE_FOLDER_ROLE (pipit_folder_role_get_type ())
#define PIPIT_TYPE_FILTER (pipit_filter_get_type ())
#define PIPIT_TYPE_BODY_STATE (pipit_body_state_get_type ())
#define PIPIT_TYPE_OUTBOX_STATE (pipit_outbox_state_get_type ())
#define PIPIT_TYPE_STEP_STATE (pipit_step_state_get_type ())
#define PIPIT_TYPE_SETUP_STATE (pipit_setup_state_get_type ())
#define PIPIT_TYPE_SECURITY (pipit_security_get_type ())

GType pipit_state_get_type        (void) G_GNUC_CONST;
GType pipit_list_state_get_type   (void) G_GNUC_CONST;
GType pipit_folder_role_get_type  (void) G_GNUC_CONST;
GType pipit_filter_get_type       (void) G_GNUC_CONST;
GType pipit_body_state_get_type   (void) G_GNUC_CONST;
GType pipit_outbox_state_get_type (void) G_GNUC_CONST;
GType pipit_step_state_get_type   (void) G_GNUC_CONST;
GType pipit_setup_state_get_type  (void) G_GNUC_CONST;
GType pipit_security_get_type     (void) G_GNUC_CONST;

G_END_DECLS
