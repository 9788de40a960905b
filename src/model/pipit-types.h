#pragma once

#include <gio/gio.h>

#include "pipit-enums.h"

G_BEGIN_DECLS

/* The classes of the model name each other; the full declarations are in their own headers. */
typedef struct _PipitAccount PipitAccount;
typedef struct _PipitAccountSetup PipitAccountSetup;
typedef struct _PipitAddress PipitAddress;
typedef struct _PipitAttachment PipitAttachment;
typedef struct _PipitBody PipitBody;
typedef struct _PipitCertificate PipitCertificate;
typedef struct _PipitChange PipitChange;
typedef struct _PipitComposition PipitComposition;
typedef struct _PipitConversation PipitConversation;
typedef struct _PipitDraft PipitDraft;
typedef struct _PipitEngine PipitEngine;
typedef struct _PipitFolder PipitFolder;
typedef struct _PipitIdentity PipitIdentity;
typedef struct _PipitMessage PipitMessage;
typedef struct _PipitMessageList PipitMessageList;
typedef struct _PipitOutboxItem PipitOutboxItem;
typedef struct _PipitProblem PipitProblem;
typedef struct _PipitRemedy PipitRemedy;
typedef struct _PipitSetupStep PipitSetupStep;
typedef struct _PipitUndo PipitUndo;

G_END_DECLS
