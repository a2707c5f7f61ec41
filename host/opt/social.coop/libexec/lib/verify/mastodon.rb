# frozen_string_literal: true

# What only the app can tell of its data: `bin/rails runner - NAME…` reads this from stdin and prints one line of JSON for
# each name. It reads samples and changes nothing; `insert` takes back what it writes. No secret stands in what it says.
require 'json'
require 'openssl'

module Verification
  class NotTested < StandardError; end
  class Wrong < StandardError; end

  SAMPLE = 10

  module_function

  # The oldest and the newest.
  def sample(relation)
    (relation.reorder(id: :asc).limit(SAMPLE).to_a + relation.reorder(id: :desc).limit(SAMPLE).to_a).uniq
  end

  def encrypted_column
    models = ActiveRecord::Base.descendants.reject(&:abstract_class?).select { |model| model.encrypted_attributes.present? }
    columns = models.flat_map { |model| model.encrypted_attributes.map { |name| [model, name] } }
    columns = columns.select { |model, _| model.table_exists? }.uniq { |model, name| [model.table_name, name] }
    read = columns.to_h { |model, name| ["#{model.table_name}.#{name}", decrypted(model, name)] }
    total = read.values.sum
    raise NotTested, "no row holds an encrypted value (#{read.keys.join(', ')})" if total.zero?

    ["#{total} value(s) of #{read.count { |_, count| count.positive? }} column(s) decrypt", read]
  end

  def decrypted(model, name)
    sample(model.where.not(name => nil)).each do |record|
      raise Wrong, "#{model.table_name}.#{name} of row #{record.id} is not encrypted" unless record.encrypted_attribute?(name)

      record.public_send(name)
    rescue ActiveRecord::Encryption::Errors::Base => e
      raise Wrong, "#{model.table_name}.#{name} of row #{record.id} cannot be decrypted (#{e.class.name.demodulize}): ACTIVE_RECORD_ENCRYPTION_* are not the keys it was written with"
    end.size
  end

  def key_pair
    holders = [Account.local.where.not(private_key: [nil, ''])]
    # Since 4.6 pairs may lie in a table of their own.
    holders << Keypair.where.not(private_key: nil) if defined?(Keypair) && Keypair.table_exists?
    pairs = holders.flat_map { |holder| sample(holder) }
    raise NotTested, 'no local account has a key pair' if pairs.empty?

    pairs.each { |pair| signs(pair) }
    ["#{pairs.size} pair(s) sign and verify", { 'pairs' => pairs.size }]
  end

  def signs(pair)
    where = "#{pair.class.table_name} #{pair.id}"
    text = SecureRandom.hex
    private_key = OpenSSL::PKey.read(pair.private_key, '')
    digest = private_key.is_a?(OpenSSL::PKey::RSA) ? 'SHA256' : nil
    signature = private_key.sign(digest, text)
    return if OpenSSL::PKey.read(pair.public_key, '').verify(digest, signature, text)

    raise Wrong, "#{where}: its public key does not verify what its private key signs"
  rescue ActiveRecord::Encryption::Errors::Base
    raise Wrong, "#{where}: its private key cannot be decrypted"
  rescue OpenSSL::PKey::PKeyError, ArgumentError
    raise Wrong, "#{where}: its key pair cannot be read"
  end

  def admin
    admins = User.those_who_can(:administrator, :manage_settings).includes(:account).limit(100).to_a
    raise Wrong, 'nobody has a role that may change settings' if admins.empty?

    able = admins.select(&:functional?)
    raise Wrong, "none of #{admins.size} admin(s) may log in: unconfirmed, disabled or suspended" if able.empty?

    own = able.reject { |user| user.encrypted_password.blank? }
    raise NotTested, "#{able.size} admin(s), all of whom log in through another service" if own.empty?

    own.each { |user| logs_in(user) }
    ["#{own.size} of #{admins.size} admin(s) can", { 'admins' => admins.size, 'able' => own.size }]
  end

  # Nobody here knows a password: that a wrong one is refused in the ordinary way shows the hash is one.
  def logs_in(user)
    whole = BCrypt::Password.valid_hash?(user.encrypted_password)
    raise Wrong, "the password hash of user #{user.id} cannot be read" unless whole
    raise Wrong, "user #{user.id} is let in by any password" if user.valid_password?(SecureRandom.hex)
    return unless user.otp_required_for_login?

    raise Wrong, "user #{user.id} has two-factor login and no secret" if user.otp_secret.blank?
  rescue ActiveRecord::Encryption::Errors::Base
    raise Wrong, "the two-factor secret of user #{user.id} cannot be decrypted"
  end

  def insert
    ids = nil
    ActiveRecord::Base.transaction do
      # Past all callbacks, which would put jobs on queues.
      account = Account.insert!({ username: "verify#{SecureRandom.hex(8)}", domain: 'verify.invalid' }, returning: :id).first['id']
      status = Status.insert!({ account_id: account, text: 'verify' }, returning: :id).first['id']
      ids = [account, status]
      raise ActiveRecord::Rollback
    end
    raise Wrong, 'a new row got no id' unless ids&.all? { |id| id.to_i.positive? }

    ['an account and a status, rolled back', {}]
  end

  def answer(name)
    figure, values = public_send(name.tr('-', '_'))
    { check: name, status: 'passed', figure: figure, values: values, reason: '' }
  rescue NotTested => e
    { check: name, status: 'not-tested', figure: '', values: {}, reason: e.message }
  rescue Wrong => e
    { check: name, status: 'failed', figure: '', values: {}, reason: e.message }
  rescue StandardError => e
    { check: name, status: 'failed', figure: '', values: {}, reason: "#{e.class}: #{e.message.lines.first.to_s.strip[0, 300]}" }
  end
end

Rails.application.eager_load!
ARGV.each do |name|
  # On a line of its own, whatever the app has logged to the same place.
  $stdout.puts "\n#{JSON.generate(Verification.answer(name))}"
  $stdout.flush
end
