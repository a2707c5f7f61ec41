import type { App } from '../core/app.ts';
import type { WorkerName } from './enqueue.ts';
import type { Job } from './job.ts';
import { deliverActivity, distributeActivity, processInbox, resolveAccount } from './workers/activitypub.ts';
import { announceLifecycle } from './workers/fasp.ts';
import { distribute, insertIntoFeed, localNotification, regenerate, removal } from './workers/feeds.ts';
import { crawlLink } from './workers/link-crawl.ts';
import { sendMail } from './workers/mailers.ts';
import { postProcess, vacuum } from './workers/media.ts';
import { pushNotification } from './workers/push.ts';
import { cleanUpStatuses, publishScheduled, removeSuspended, scheduleDue } from './workers/scheduler.ts';
import { checkForUpdates } from './workers/software-update.ts';

// biome-ignore lint/suspicious/noExplicitAny: each worker knows the arguments it was enqueued with
type Worker = (app: App, ...args: any[]) => Promise<void>;

const TABLE: Record<WorkerName, Worker> = {
  DistributionWorker: distribute,
  FeedInsertWorker: insertIntoFeed,
  RemovalWorker: removal,
  PostProcessMediaWorker: postProcess,
  PublishScheduledStatusWorker: publishScheduled,
  LocalNotificationWorker: localNotification,
  RegenerationWorker: regenerate,
  'ActivityPub::DistributionWorker': distributeActivity,
  'ActivityPub::DeliveryWorker': deliverActivity,
  'Web::PushNotificationWorker': pushNotification,
  LinkCrawlWorker: crawlLink,
  ResolveAccountWorker: resolveAccount,
  'ActivityPub::ProcessingWorker': processInbox,
  'ActionMailer::MailDeliveryJob': sendMail,
  'Fasp::AnnounceContentLifecycleEventWorker': announceLifecycle,
  'Scheduler::ScheduledStatusesScheduler': scheduleDue,
  'Scheduler::AccountsStatusesCleanupScheduler': cleanUpStatuses,
  'Scheduler::SuspendedUserCleanupScheduler': removeSuspended,
  'Scheduler::VacuumScheduler': vacuum,
  'Scheduler::SoftwareUpdateCheckScheduler': checkForUpdates,
};

/** Runs a job by its class' name; an unknown class fails and is retried, in case newer code takes it. */
export function performer(app: App): (job: Job) => Promise<void> {
  return async (job) => {
    const worker = Object.hasOwn(TABLE, job.class) ? TABLE[job.class as WorkerName] : undefined;
    if (!worker) throw Object.assign(new Error(`uninitialized constant ${job.class}`), { name: 'NameError' });
    await worker(app, ...job.args);
  };
}
