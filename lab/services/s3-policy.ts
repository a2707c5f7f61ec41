/** A Spaces key's permission on one bucket: https://docs.digitalocean.com/products/spaces/how-to/manage-access/ */
export interface Grant {
  accessKey: string;
  permission: 'read' | 'readwrite' | 'fullaccess';
}

const actions = {
  read: {
    bucket: ['s3:ListBucket', 's3:ListBucketVersions', 's3:GetBucketLocation', 's3:GetBucketVersioning'],
    object: [
      's3:GetObject',
      's3:GetObjectVersion',
      's3:GetObjectAcl',
      's3:GetObjectTagging',
      's3:GetObjectAttributes',
    ],
  },
  write: {
    bucket: ['s3:ListBucketMultipartUploads'],
    object: [
      ...[
        's3:PutObject',
        's3:PutObjectAcl',
        's3:PutObjectTagging',
        's3:DeleteObject',
        's3:DeleteObjectVersion',
      ],
      ...['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    ],
  },
};

function allowed(permission: Grant['permission']): { bucket: string[]; object: string[] } {
  if (permission === 'fullaccess') return { bucket: ['s3:*'], object: ['s3:*'] };
  if (permission === 'read') return actions.read;
  return {
    bucket: [...actions.read.bucket, ...actions.write.bucket],
    object: [...actions.read.object, ...actions.write.object],
  };
}

/** The bucket policy that gives each key what its grants say, and nobody else anything. */
export function policyOf(bucket: string, grants: Grant[]) {
  const Statement = grants.flatMap(({ accessKey, permission }) => {
    const { bucket: onBucket, object } = allowed(permission);
    const Principal = { AWS: [accessKey] };
    return [
      { Effect: 'Allow', Principal, Action: onBucket, Resource: `arn:aws:s3:::${bucket}` },
      { Effect: 'Allow', Principal, Action: object, Resource: `arn:aws:s3:::${bucket}/*` },
    ];
  });
  return { Version: '2012-10-17', Statement };
}
