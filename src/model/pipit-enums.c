#include "pipit-enums.h"

G_DEFINE_ENUM_TYPE (PipitFolderRole, pipit_folder_role,
                    G_DEFINE_ENUM_VALUE (PIPIT_FOLDER_ALL_INBOXES, "all-inboxes"),
                    G_DEFINE_ENUM_VALUE (PIPIT_FOLDER_INBOX, "inbox"),
                    G_DEFINE_ENUM_VALUE (PIPIT_FOLDER_STARRED, "starred"),
                    G_DEFINE_ENUM_VALUE (PIPIT_FOLDER_DRAFTS, "drafts"),
                    G_DEFINE_ENUM_VALUE (PIPIT_FOLDER_SENT, "sent"),
                    G_DEFINE_ENUM_VALUE (PIPIT_FOLDER_ARCHIVE, "archive"),
                    G_DEFINE_ENUM_VALUE (PIPIT_FOLDER_JUNK, "junk"),
                    G_DEFINE_ENUM_VALUE (PIPIT_FOLDER_TRASH, "trash"),
                    G_DEFINE_ENUM_VALUE (PIPIT_FOLDER_ALL_MAIL, "all-mail"),
                    G_DEFINE_ENUM_VALUE (PIPIT_FOLDER_PLAIN, "plain"),
                    G_DEFINE_ENUM_VALUE (PIPIT_FOLDER_LOCAL_DRAFTS, "local-drafts"),
                    G_DEFINE_ENUM_VALUE (PIPIT_FOLDER_OUTBOX, "outbox"))

G_DEFINE_ENUM_TYPE (PipitState, pipit_state,
                    G_DEFINE_ENUM_VALUE (PIPIT_STATE_IDLE, "idle"),
                    G_DEFINE_ENUM_VALUE (PIPIT_STATE_BUSY, "busy"),
                    G_DEFINE_ENUM_VALUE (PIPIT_STATE_OFFLINE, "offline"),
                    G_DEFINE_ENUM_VALUE (PIPIT_STATE_PROBLEM, "problem"),
                    G_DEFINE_ENUM_VALUE (PIPIT_STATE_PAUSED, "paused"))

G_DEFINE_ENUM_TYPE (PipitListState, pipit_list_state,
                    G_DEFINE_ENUM_VALUE (PIPIT_LIST_LOADING, "loading"),
                    G_DEFINE_ENUM_VALUE (PIPIT_LIST_READY, "ready"),
                    G_DEFINE_ENUM_VALUE (PIPIT_LIST_EMPTY, "empty"),
                    G_DEFINE_ENUM_VALUE (PIPIT_LIST_EMPTY_FILTERED, "empty-filtered"),
                    G_DEFINE_ENUM_VALUE (PIPIT_LIST_RECEIVING, "receiving"),
                    G_DEFINE_ENUM_VALUE (PIPIT_LIST_OFFLINE, "offline"),
                    G_DEFINE_ENUM_VALUE (PIPIT_LIST_FAILED, "failed"))

G_DEFINE_ENUM_TYPE (PipitFilter, pipit_filter,
                    G_DEFINE_ENUM_VALUE (PIPIT_FILTER_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (PIPIT_FILTER_UNREAD, "unread"),
                    G_DEFINE_ENUM_VALUE (PIPIT_FILTER_STARRED, "starred"),
                    G_DEFINE_ENUM_VALUE (PIPIT_FILTER_ATTACHMENTS, "attachments"))

G_DEFINE_ENUM_TYPE (PipitBodyState, pipit_body_state,
                    G_DEFINE_ENUM_VALUE (PIPIT_BODY_MISSING, "missing"),
                    G_DEFINE_ENUM_VALUE (PIPIT_BODY_LOADING, "loading"),
                    G_DEFINE_ENUM_VALUE (PIPIT_BODY_PARTIAL, "partial"),
                    G_DEFINE_ENUM_VALUE (PIPIT_BODY_COMPLETE, "complete"),
                    G_DEFINE_ENUM_VALUE (PIPIT_BODY_FAILED, "failed"))

G_DEFINE_ENUM_TYPE (PipitOutboxState, pipit_outbox_state,
                    G_DEFINE_ENUM_VALUE (PIPIT_OUTBOX_QUEUED, "queued"),
                    G_DEFINE_ENUM_VALUE (PIPIT_OUTBOX_SENDING, "sending"),
                    G_DEFINE_ENUM_VALUE (PIPIT_OUTBOX_UNSURE, "unsure"),
                    G_DEFINE_ENUM_VALUE (PIPIT_OUTBOX_SENT, "sent"),
                    G_DEFINE_ENUM_VALUE (PIPIT_OUTBOX_FILED, "filed"),
                    G_DEFINE_ENUM_VALUE (PIPIT_OUTBOX_FAILED, "failed"))

G_DEFINE_ENUM_TYPE (PipitSecurity, pipit_security,
                    G_DEFINE_ENUM_VALUE (PIPIT_SECURITY_TLS, "tls"),
                    G_DEFINE_ENUM_VALUE (PIPIT_SECURITY_STARTTLS, "starttls"),
                    G_DEFINE_ENUM_VALUE (PIPIT_SECURITY_NONE, "none"))

G_DEFINE_ENUM_TYPE (PipitStepState, pipit_step_state,
                    G_DEFINE_ENUM_VALUE (PIPIT_STEP_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (PIPIT_STEP_RUNNING, "running"),
                    G_DEFINE_ENUM_VALUE (PIPIT_STEP_DONE, "done"),
                    G_DEFINE_ENUM_VALUE (PIPIT_STEP_FAILED, "failed"))

G_DEFINE_ENUM_TYPE (PipitSetupState, pipit_setup_state,
                    G_DEFINE_ENUM_VALUE (PIPIT_SETUP_EDITING, "editing"),
                    G_DEFINE_ENUM_VALUE (PIPIT_SETUP_LOOKING_UP, "looking-up"),
                    G_DEFINE_ENUM_VALUE (PIPIT_SETUP_TESTING, "testing"),
                    G_DEFINE_ENUM_VALUE (PIPIT_SETUP_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (PIPIT_SETUP_PASSED, "passed"))
